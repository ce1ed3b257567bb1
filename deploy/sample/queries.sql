-- What `scripts/start --once` asks the service: one statement a line.
select count(*) as customers from customers
select name, price, stock from products order by price desc, id limit 5
select status, count(*) as orders from orders group by status order by status
select c.city, sum(i.quantity * i.price) as revenue from items i join orders o on o.id = i.order_id join customers c on c.id = o.customer_id group by c.city order by revenue desc
select p.name, sum(i.quantity) as sold from items i join products p on p.id = i.product_id group by p.id order by sold desc, p.id limit 5
