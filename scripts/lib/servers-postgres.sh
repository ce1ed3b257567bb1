# The PostgreSQL servers: a primary, a hot standby of it, and a copy with an expired certificate
# and without prepared transactions.
#
# One user per way to log in; all have the one test password, except iacdb_unicode:
#   iacdb          scram-sha-256; owns the database        iacdb_scram     scram-sha-256
#   iacdb_md5      md5                                     iacdb_password  clear text
#   iacdb_trust    trust                                   iacdb_unicode   scram, not ASCII
#   iacdb_cert     client certificate over TLS             iacdb_tls       scram, TLS only
#   iacdb_notls    scram, refused over TLS                 iacdb_gss       gss (to be refused)
#   iacdb_limited  scram, at most two connections          iacdb_admin     superuser, socket only

postgres_user=postgres
unicode_password='pässwörd-Ωλ'

postgres_bin() {
  local folder
  for folder in /usr/lib/postgresql/15/bin /usr/lib/postgresql/*/bin; do
    [ -x "$folder/postgres" ] && { echo "$folder"; return; }
  done
  die "PostgreSQL is missing; run scripts/install test"
}

start_postgres() {
  local bin
  bin=$(postgres_bin)
  mkdir -m 700 "$dir/postgres"
  mkdir -m 755 "$dir/postgres-sock"
  own $postgres_user "$dir/postgres"
  own $postgres_user "$dir/postgres-sock"
  as $postgres_user "$bin/initdb" -D "$dir/postgres" -U iacdb_admin -E UTF8 --locale=C.UTF-8 \
    -A reject --no-sync >"$dir/postgres-init.log" 2>&1 || die "initdb failed"
  postgres_configure postgres server
  postgres_run "$bin" postgres
  postgres_sql | postgres_psql -d postgres || die "the roles of the tests could not be made"
  postgres_copy "$bin" postgres-standby server -R
  postgres_copy "$bin" postgres-expired expired
}

# postgres_configure NAME CERTIFICATE
postgres_configure() {
  local data=$dir/$1
  cp "$dir/tls/$2.pem" "$data/server.pem"
  cp "$dir/tls/$2.key" "$data/server.key"
  cp "$dir/tls/ca.pem" "$data/ca.pem"
  postgres_settings >"$data/postgresql.conf"
  postgres_hba >"$data/pg_hba.conf"
  own $postgres_user "$data"
}

# Safe against a killed server, not against a lost machine: that is what makes it fast.
# Shared memory in files, because a container's /dev/shm may be small or absent.
postgres_settings() {
  cat <<END
listen_addresses = '127.0.0.1'
unix_socket_directories = '$dir/postgres-sock'
max_connections = 200
superuser_reserved_connections = 5
max_prepared_transactions = 64
max_wal_senders = 8
wal_level = logical
fsync = off
full_page_writes = off
shared_buffers = 64MB
dynamic_shared_memory_type = mmap
max_wal_size = 512MB
deadlock_timeout = 200ms
password_encryption = scram-sha-256
ssl = on
ssl_cert_file = 'server.pem'
ssl_key_file = 'server.key'
ssl_ca_file = 'ca.pem'
timezone = 'Asia/Kolkata'
log_timezone = 'UTC'
hot_standby_feedback = on
END
}

postgres_hba() {
  cat <<'END'
local     replication all                            trust
local     all         iacdb_admin                    trust
local     all         iacdb_trust                    trust
local     all         iacdb_md5                      md5
local     all         all                            scram-sha-256
host      all         iacdb_trust    127.0.0.1/32    trust
host      all         iacdb_md5      127.0.0.1/32    md5
host      all         iacdb_password 127.0.0.1/32    password
host      all         iacdb_gss      127.0.0.1/32    gss
hostssl   all         iacdb_cert     127.0.0.1/32    cert
hostssl   all         iacdb_tls      127.0.0.1/32    scram-sha-256
hostnossl all         iacdb_tls      127.0.0.1/32    reject
hostnossl all         iacdb_notls    127.0.0.1/32    scram-sha-256
hostssl   all         iacdb_notls    127.0.0.1/32    reject
host      all         iacdb_admin    127.0.0.1/32    reject
host      all         iacdb_cert     127.0.0.1/32    reject
host      all         all            127.0.0.1/32    scram-sha-256
END
}

postgres_sql() {
  local password name
  password=$(sql_quote "$test_password")
  echo "create role iacdb login createdb createrole password $password"
  echo "  in role pg_signal_backend, pg_monitor;"
  for name in scram password trust cert tls notls gss; do
    echo "create role iacdb_$name login password $password;"
  done
  echo "create role iacdb_limited login connection limit 2 password $password;"
  echo "create role iacdb_unicode login password $(sql_quote "$unicode_password");"
  echo "set password_encryption = 'md5';"
  echo "create role iacdb_md5 login password $password;"
  echo "create database $test_database owner iacdb;"
}

postgres_psql() {
  PGOPTIONS='' psql -X -q -v ON_ERROR_STOP=1 -h "$dir/postgres-sock" \
    -p "$(cat "$dir/postgres.port")" -U iacdb_admin "$@"
}

# postgres_copy BIN NAME CERTIFICATE [-R]: with -R a standby, else an independent copy.
postgres_copy() {
  local bin=$1 name=$2 certificate=$3
  shift 3
  mkdir -m 700 "$dir/$name"
  own $postgres_user "$dir/$name"
  as $postgres_user "$bin/pg_basebackup" -D "$dir/$name" -h "$dir/postgres-sock" \
    -p "$(cat "$dir/postgres.port")" -U iacdb_admin -c fast --no-sync "$@" \
    >>"$dir/postgres-init.log" 2>&1 || die "pg_basebackup failed"
  postgres_configure "$name" "$certificate"
  # The one that follows nobody is also the one without prepared transactions.
  [ $# -gt 0 ] || echo 'max_prepared_transactions = 0' >>"$dir/$name/postgresql.conf"
  postgres_run "$bin" "$name"
}

# Starts on a free port; when somebody else takes it in between, on another one.
postgres_run() {
  local bin=$1 name=$2 try port
  for try in 1 2 3 4 5; do
    port=$(free_port)
    echo "$port" >"$dir/$name.port"
    : >"$dir/$name.log"
    own $postgres_user "$dir/$name.log"
    if as $postgres_user "$bin/pg_ctl" start -s -w -t 60 -D "$dir/$name" -l "$dir/$name.log" \
      -o "-p $port" 9>&- >/dev/null 2>&1; then
      record "$name" "$(head -n 1 "$dir/$name/postmaster.pid")"
      return
    fi
    grep -q 'could not bind' "$dir/$name.log" || break
  done
  die "$name did not start (try $try)"
}

# postgres_start_again NAME: after a crash; its orphans may hold its memory for a moment.
postgres_start_again() {
  local name=$1 tries=0
  while [ $((tries += 1)) -le 100 ]; do
    if as $postgres_user "$(postgres_bin)/pg_ctl" start -s -w -t 60 -D "$dir/$name" \
      -l "$dir/$name.log" -o "-p $(cat "$dir/$name.port")" 9>&- >/dev/null 2>&1; then
      record "$name" "$(head -n 1 "$dir/$name/postmaster.pid")"
      return
    fi
    sleep 0.1
  done
  die "$name did not start again; see $dir/$name.log"
}

postgres_url() {
  echo "postgres://iacdb:$(percent_encode "$test_password")@127.0.0.1:$(cat "$dir/postgres.port")/$test_database"
}

postgres_variables() {
  local name upper
  variable IACDB_TEST_PG_HOST 127.0.0.1
  variable IACDB_TEST_PG_PORT "$(cat "$dir/postgres.port")"
  variable IACDB_TEST_PG_STANDBY_PORT "$(cat "$dir/postgres-standby.port")"
  variable IACDB_TEST_PG_EXPIRED_PORT "$(cat "$dir/postgres-expired.port")"
  variable IACDB_TEST_PG_SOCKET_DIR "$dir/postgres-sock"
  variable IACDB_TEST_PG_BIN "$(postgres_bin)"
  variable IACDB_TEST_PG_PID "$(recorded_pid postgres)"
  variable IACDB_TEST_PG_DATABASE "$test_database"
  variable IACDB_TEST_PG_USER iacdb
  variable IACDB_TEST_PG_PASSWORD "$test_password"
  variable IACDB_TEST_PG_UNICODE_PASSWORD "$unicode_password"
  for name in admin scram md5 password trust cert tls notls gss limited unicode; do
    upper=${name^^}
    variable "IACDB_TEST_PG_${upper}_USER" "iacdb_$name"
  done
}
