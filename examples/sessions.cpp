// Sessions: one connection for several statements, and what only a session has. A program asks the
// database what it can do instead of knowing its name.

#include <iacdb/iacdb.hpp>
#include <iostream>

using namespace std::chrono_literals;
using iacdb::Capability;

int main(int argc, char** argv) {
  iacdb::Database db = iacdb::open(argc > 1 ? argv[1] : "sqlite::memory:");
  {
    iacdb::Session session = db.session();
    session.exec("create temporary table example_notes (a integer)");
    const std::vector<iacdb::PipelinedStatement> batch{
        {"insert into example_notes values (?)", {iacdb::Value(1)}},
        {"insert into example_notes values (?)", {iacdb::Value(2)}},
        {"update example_notes set a = a * 10", {}}};
    std::cout << "changed: " << session.pipeline(batch).back().rows_affected << "\n";
    std::cout << "sum: " << session.one<int>("select sum(a) from example_notes") << "\n";
  }  // The connection returns to the pool as it was when it was opened.

  if (db.can().has(Capability::notifications)) {
    iacdb::Session listener = db.session();
    listener.listen("example_orders");
    db.exec("select pg_notify('example_orders', ?)", "order 7");
    for (const iacdb::Notification& heard : listener.notifications(5s)) {
      std::clog << heard.channel << ": " << heard.payload << "\n";
    }
  }
  if (db.can().has(Capability::copy_streams)) {
    std::string csv;
    db.session().copy_out("copy (select 1, 'a') to stdout (format csv)",
                          [&](iacdb::BytesView piece) {
                            csv.append(reinterpret_cast<const char*>(piece.data()), piece.size());
                          });
    std::clog << "copied: " << csv;
  }
  std::cout << "done\n";
}

// Prints:
//   changed: 2
//   sum: 30
//   done
