# The MariaDB servers: one for the tests, and a copy of it that shows an expired certificate.
#
# Users, all with the one test password:
#   iacdb          mysql_native_password; owns the database   iacdb_native   mysql_native_password
#   iacdb_ed25519  ed25519 plug-in                            iacdb_tls      native, TLS only
#   iacdb_x509     native, client certificate required        iacdb_limited  at most two connections
#   iacdb_admin    every privilege

mariadb_user=mysql

start_mariadb() {
  mkdir -m 700 "$dir/mariadb"
  mkdir -m 755 "$dir/mariadb-sock" "$dir/mariadb-expired-sock"
  own $mariadb_user "$dir/mariadb"
  own $mariadb_user "$dir/mariadb-sock"
  own $mariadb_user "$dir/mariadb-expired-sock"
  # Without --no-defaults first, the machine's own configuration would leak in.
  as $mariadb_user mariadb-install-db --no-defaults --datadir="$dir/mariadb" --skip-test-db \
    --skip-name-resolve --auth-root-authentication-method=normal --innodb-flush-method=nosync \
    >"$dir/mariadb-init.log" 2>&1 || die "mariadb-install-db failed"
  cp -a "$dir/mariadb" "$dir/mariadb-expired"
  mariadb_sql >"$dir/mariadb-users.sql"
  mariadb_configure mariadb server
  mariadb_configure mariadb-expired expired
  mariadb_run mariadb
  mariadb_run mariadb-expired
}

# mariadb_configure NAME CERTIFICATE
mariadb_configure() {
  local data=$dir/$1
  cp "$dir/tls/$2.pem" "$data/server.pem"
  cp "$dir/tls/$2.key" "$data/server.key"
  cp "$dir/tls/ca.pem" "$data/ca.pem"
  cp "$dir/mariadb-users.sql" "$data/users.sql"
  mariadb_settings "$1" >"$data/my.cnf"
  own $mariadb_user "$data"
}

# Safe against a killed server, not against a lost machine: that is what makes it fast.
mariadb_settings() {
  cat <<END
[mariadbd]
datadir = $dir/$1
socket = $dir/$1-sock/mariadb.sock
pid-file = $dir/$1-sock/mariadb.pid
log-error = $dir/$1.log
tmpdir = $dir/$1-sock
init-file = $dir/$1/users.sql
bind-address = 127.0.0.1
skip-name-resolve
skip-log-bin
local-infile = 1
plugin-load-add = auth_ed25519
character-set-server = utf8mb4
collation-server = utf8mb4_general_ci
default-time-zone = +05:30
max-connections = 200
max-allowed-packet = 256M
ssl-ca = $dir/$1/ca.pem
ssl-cert = $dir/$1/server.pem
ssl-key = $dir/$1/server.key
performance-schema = OFF
innodb-buffer-pool-size = 128M
innodb-log-file-size = 96M
innodb-flush-log-at-trx-commit = 2
innodb-flush-method = nosync
innodb-doublewrite = 0
END
}

# The init file takes one statement a line.
mariadb_sql() {
  local password native create="create user if not exists"
  password=$(sql_quote_backslash "$test_password")
  native="identified via mysql_native_password using password($password)"
  echo "create database if not exists $test_database;"
  echo "$create iacdb@'%' $native;"
  echo "$create iacdb_native@'%' $native;"
  echo "$create iacdb_ed25519@'%' identified via ed25519 using password($password);"
  echo "$create iacdb_tls@'%' $native require ssl;"
  echo "$create iacdb_x509@'%' $native require x509;"
  echo "$create iacdb_limited@'%' $native with max_user_connections 2;"
  echo "$create iacdb_admin@'%' $native;"
  echo "grant all on *.* to iacdb_admin@'%' with grant option;"
  # The pattern covers databases that a test creates for itself.
  echo "grant all on \`iacdb\\_%\`.* to iacdb@'%';"
  echo "grant process, reload, connection admin on *.* to iacdb@'%';"
  local name
  for name in native ed25519 tls x509 limited; do
    echo "grant all on \`iacdb\\_%\`.* to iacdb_$name@'%';"
  done
  # Anybody could be root on this server otherwise.
  echo "delete from mysql.global_priv where user in ('root', '') and host <> 'localhost';"
  echo "flush privileges;"
  echo "alter user root@localhost identified via unix_socket;"
}

# Starts on a free port; when somebody else takes it in between, on another one.
mariadb_run() {
  local name=$1 try
  for try in 1 2 3 4 5; do
    free_port >"$dir/$name.port"
    mariadb_launch "$name" && return
    grep -q "Can't start server: Bind" "$dir/$name.log" || break
  done
  die "$name did not start (try $try)"
}

# mariadb_launch NAME: on its port; true once it listens.
mariadb_launch() {
  local name=$1 server
  server=$(PATH=$PATH:/usr/sbin command -v mariadbd) ||
    die "MariaDB is missing; run scripts/install test"
  : >"$dir/$name.log"
  own $mariadb_user "$dir/$name.log"
  rm -f "$dir/$name-sock/mariadb.pid"
  as $mariadb_user setsid "$server" --defaults-file="$dir/$name/my.cnf" \
    --port="$(cat "$dir/$name.port")" 9>&- </dev/null >/dev/null 2>&1 &
  mariadb_wait "$name" $!
}

# mariadb_start_again NAME: after a crash.
mariadb_start_again() {
  mariadb_launch "$1" || die "$1 did not start again; see $dir/$1.log"
}

# mariadb_wait NAME JOB: true once the server listens; false when it ended before.
mariadb_wait() {
  local name=$1 job=$2 tries=0 file=$dir/$1-sock/mariadb.pid
  while [ $((tries += 1)) -le 600 ]; do
    # The pid file and "ready for connections" come last, after the init file.
    if [ -s "$file" ] && grep -q 'ready for connections' "$dir/$name.log"; then
      record "$name" "$(cat "$file")"
      return
    fi
    kill -0 "$job" 2>/dev/null || return 1
    sleep 0.1
  done
  kill "$job"
  return 1
}

mariadb_url() {
  echo "mariadb://iacdb:$(percent_encode "$test_password")@127.0.0.1:$(cat "$dir/mariadb.port")/$test_database"
}

mariadb_variables() {
  local name upper
  variable IACDB_TEST_MYSQL_HOST 127.0.0.1
  variable IACDB_TEST_MYSQL_PORT "$(cat "$dir/mariadb.port")"
  variable IACDB_TEST_MYSQL_EXPIRED_PORT "$(cat "$dir/mariadb-expired.port")"
  variable IACDB_TEST_MYSQL_SOCKET "$dir/mariadb-sock/mariadb.sock"
  variable IACDB_TEST_MYSQL_PID "$(recorded_pid mariadb)"
  variable IACDB_TEST_MYSQL_DATABASE "$test_database"
  variable IACDB_TEST_MYSQL_USER iacdb
  variable IACDB_TEST_MYSQL_PASSWORD "$test_password"
  for name in admin native ed25519 tls x509 limited; do
    upper=${name^^}
    variable "IACDB_TEST_MYSQL_${upper}_USER" "iacdb_$name"
  done
}
