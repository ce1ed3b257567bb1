-- The sample shop: customers, products, orders and items, a few thousand rows, for SQLite.
-- The same rows on every run: each value is computed from its row's number.

create table customers (
  id integer primary key,
  name text not null,
  email text not null unique,
  city text not null,
  created_at timestamp not null
);
create table products (
  id integer primary key,
  sku text not null unique,
  name text not null,
  price decimal(10, 2) not null check (price >= 0),
  stock integer not null check (stock >= 0)
);
create table orders (
  id integer primary key,
  customer_id integer not null references customers (id),
  status text not null check (status in ('new', 'paid', 'shipped', 'returned')),
  ordered_at timestamp not null
);
create table items (
  order_id integer not null references orders (id) on delete cascade,
  line integer not null,
  product_id integer not null references products (id),
  quantity integer not null check (quantity > 0),
  price decimal(10, 2) not null,
  primary key (order_id, line)
);
create index orders_by_customer on orders (customer_id, ordered_at);
create index items_by_product on items (product_id);

with recursive
  n (i) as (select 1 union all select i + 1 from n where i < 500),
  first (k, name) as (values (0, 'Ada'), (1, 'Bruno'), (2, 'Chiara'), (3, 'Dario'), (4, 'Elif'),
                             (5, 'Femke'), (6, 'Goran'), (7, 'Hana'), (8, 'Ilya'), (9, 'Jana')),
  last (k, name) as (values (0, 'Adler'), (1, 'Berg'), (2, 'Costa'), (3, 'Dumont'), (4, 'Eriksen'),
                            (5, 'Fischer'), (6, 'Greco')),
  city (k, name) as (values (0, 'Lyon'), (1, 'Porto'), (2, 'Graz'), (3, 'Turin'), (4, 'Gdansk'))
insert into customers (id, name, email, city, created_at)
select i, first.name || ' ' || last.name,
       lower(first.name) || '.' || lower(last.name) || i || '@shop.example',
       city.name,
       datetime('2024-01-01', '+' || (i * 7 % 700) || ' days', '+' || (i * 37 % 1440) || ' minutes')
from n
join first on first.k = i % 10
join last on last.k = i % 7
join city on city.k = i * 3 % 5;

with recursive
  n (i) as (select 1 union all select i + 1 from n where i < 200),
  kind (k, name) as (values (0, 'Lamp'), (1, 'Chair'), (2, 'Desk'), (3, 'Shelf'), (4, 'Clock'),
                            (5, 'Rug'), (6, 'Vase'), (7, 'Mirror')),
  finish (k, name) as (values (0, 'oak'), (1, 'steel'), (2, 'linen'), (3, 'glass'), (4, 'walnut'))
insert into products (id, sku, name, price, stock)
select i, printf('SKU-%04d', i), kind.name || ' ' || finish.name,
       (500 + i * 977 % 24500) / 100.0, i * 13 % 90
from n
join kind on kind.k = i % 8
join finish on finish.k = i % 5;

with recursive
  n (i) as (select 1 union all select i + 1 from n where i < 2000),
  state (k, name) as (values (0, 'new'), (1, 'paid'), (2, 'shipped'), (3, 'shipped'),
                             (4, 'shipped'), (5, 'returned'))
insert into orders (id, customer_id, status, ordered_at)
select i, 1 + i * 211 % 500, state.name,
       datetime('2025-01-01', '+' || (i * 11 % 600) || ' days', '+' || (i * 53 % 1440) || ' minutes')
from n
join state on state.k = i % 6;

with recursive
  line (k) as (select 1 union all select k + 1 from line where k < 4)
insert into items (order_id, line, product_id, quantity, price)
select orders.id, line.k, products.id, 1 + (orders.id + line.k) % 3, products.price
from orders
join line on line.k <= 1 + orders.id % 4
join products on products.id = 1 + (orders.id * 31 + line.k * 47) % 200;
