# Every outside library, found once. Each is justified in docs/DECISIONS.md.
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(SQLite3 3.38 REQUIRED)       # -> of JSON
find_package(Boost 1.75 REQUIRED)          # headers only: PFR, Asio, Beast
find_package(nlohmann_json REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(spdlog REQUIRED)
find_package(prometheus-cpp REQUIRED CONFIG COMPONENTS core)
find_package(PkgConfig REQUIRED)
pkg_check_modules(Libedit IMPORTED_TARGET libedit)
# Documents: regular expressions as MongoDB has them, collations and time zones.
pkg_check_modules(Pcre2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(Icu REQUIRED IMPORTED_TARGET icu-i18n)
find_path(IACDB_STEMMER_INCLUDE libstemmer.h REQUIRED)  # $text: Snowball's English stemmer.
find_library(IACDB_STEMMER stemmer REQUIRED)
# The archive: a shared libmongoc opens counters in shared memory before any code of ours runs.
find_package(mongoc-1.0 1.23 REQUIRED)
# Optional: without it the mysql backend is absent.
pkg_check_modules(MariaDB IMPORTED_TARGET libmariadb)
if(IACDB_TESTS)
  find_package(GTest REQUIRED)
endif()
