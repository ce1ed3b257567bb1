# Shared by scripts/servers: the folder, the records of what was started, ports and quoting.
# Uses $dir, the folder of this set of servers.

server_names=(postgres postgres-standby postgres-expired mariadb mariadb-expired
              mongo-java ferretdb)
# Hard on purpose: every character that a URL, a shell, SQL or a connection string may trip over.
test_password="p@ss:w/rd?#%41&+='\"\\ x"
test_database=iacdb_test

say() { echo "$*" >&2; }
die() { echo "scripts/servers: $*" >&2; exit 1; }

make_folder() {
  # The name is guessable: refuse a folder that somebody else put there.
  mkdir -m 711 "$dir" || die "cannot create $dir"
  mkdir -m 755 "$dir/tls"
}

remove_folder() {
  [ -e "$dir" ] || return 0
  [ ! -L "$dir" ] || die "$dir is a symbolic link; remove it yourself"
  [ -O "$dir" ] || die "$dir belongs to another user"
  [ -z "$(ls -A "$dir")" ] || [ -d "$dir/tls" ] || die "$dir is not a folder of scripts/servers"
  rm -rf -- "$dir"
}

# --- records: a pid counts only together with the start time of its process -------------------

start_time() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

record() { echo "$2 $(start_time "$2")" >"$dir/$1.pid"; }

recorded_pid() { cut -d' ' -f1 "$dir/$1.pid" 2>/dev/null; }

alive() {
  local pid started
  [ -f "$dir/$1.pid" ] || return 1
  read -r pid started <"$dir/$1.pid" || return 1
  [ -n "$started" ] && [ "$(start_time "$pid")" = "$started" ]
}

all_alive() {
  local name
  [ -f "$dir/env" ] || return 1
  for name in "${server_names[@]}"; do
    alive "$name" || return 1
  done
}

stop_recorded() {
  local name
  for name in "${server_names[@]}"; do
    alive "$name" && kill -"$(stop_signal "$name")" "$(recorded_pid "$name")"
  done
  for name in "${server_names[@]}"; do
    stop_wait "$name"
  done
}

# SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for its clients.
stop_signal() { case $1 in postgres*) echo INT ;; *) echo TERM ;; esac; }

stop_wait() {
  local tries=0
  while alive "$1"; do
    if [ $((tries += 1)) -gt 200 ]; then
      kill -KILL "$(recorded_pid "$1")"
    fi
    sleep 0.1
  done
}

show_logs() {
  local log
  for log in "$dir"/*.log; do
    [ -f "$log" ] && [ "$log" != "$dir/tls.log" ] || continue
    echo "--- last lines of $log" >&2
    tail -n 25 "$log" >&2
  done
}

# --- processes and ports ----------------------------------------------------------------------

# as USER COMMAND...: database servers refuse to run as root, so root lends them a user.
as() {
  local user=$1
  shift
  if [ "$UID" -eq 0 ]; then
    setpriv --reuid="$user" --regid="$(id -gn "$user")" --clear-groups -- "$@"
  else
    "$@"
  fi
}

own() { if [ "$UID" -eq 0 ]; then chown -R "$1:" "$2"; fi; }

# A port below the ephemeral range on which nobody answers. A server that loses the race for it
# fails to start, and is tried again on another port by its caller.
free_port() {
  local port
  while :; do
    port=$((20000 + (RANDOM << 4 ^ RANDOM) % 12000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo $port
      return
    fi
  done
}

# --- quoting ----------------------------------------------------------------------------------

variable() { printf "%s='%s'\n" "$1" "${2//\'/\'\\\'\'}"; }

sql_quote() { printf "'%s'" "${1//\'/\'\'}"; }

# MariaDB reads a backslash in a literal as an escape; PostgreSQL does not.
sql_quote_backslash() {
  local text=${1//\\/\\\\}
  sql_quote "$text"
}

percent_encode() {
  local LC_ALL=C text=$1 out= i c
  for ((i = 0; i < ${#text}; i++)); do
    c=${text:i:1}
    case $c in
      [a-zA-Z0-9._~-]) out+=$c ;;
      *) printf -v c '%%%02X' "'$c"; out+=$c ;;
    esac
  done
  echo "$out"
}
