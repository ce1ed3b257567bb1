# The house, room by room, lowest first. "a DEPENDS b": a may include b and everything below b.
enable_testing()

iacdb_room(base)
iacdb_room(core DEPENDS base)
iacdb_room(io DEPENDS core LIBS OpenSSL::SSL)
iacdb_room(wire/postgres DEPENDS core LIBS OpenSSL::Crypto)
iacdb_room(sql DEPENDS core)
iacdb_room(observe DEPENDS core LIBS spdlog::spdlog prometheus-cpp::core)
iacdb_room(driver DEPENDS sql)
iacdb_room(backends/sqlite DEPENDS driver LIBS SQLite::SQLite3)
iacdb_room(pool DEPENDS driver observe)
