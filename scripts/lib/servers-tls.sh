# Certificates for the test servers: good ones, and the bad ones that a client must refuse.
#
#   ca.pem ca.key              the authority that clients are told to trust
#   server.pem server.key      for localhost, 127.0.0.1 and ::1
#   client.pem client.key      for the user iacdb_cert (PostgreSQL) or iacdb_x509 (MariaDB)
#   wronghost.pem / .key       signed by ca, for another host name
#   expired.pem / .key         signed by ca, for localhost, ended in 2020
#   other-ca.pem / .key        a second authority that signed none of the servers
#   other-server.pem / .key    for localhost, signed by other-ca
#   other-client.pem / .key    for iacdb_cert, signed by other-ca
#   revoked.pem / .key, crl.pem  for localhost, signed by ca, revoked in crl.pem

make_certificates() {
  local tls=$1
  local local_names='subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1'
  tls_authority "$tls" ca 'iacdb test authority'
  tls_authority "$tls" other-ca 'another authority'
  tls_sign "$tls" ca server localhost "$local_names"
  tls_sign "$tls" ca client iacdb_cert 'extendedKeyUsage=clientAuth'
  tls_sign "$tls" ca wronghost db.example.com 'subjectAltName=DNS:db.example.com'
  tls_sign "$tls" ca revoked localhost "$local_names"
  tls_sign "$tls" other-ca other-server localhost "$local_names"
  tls_sign "$tls" other-ca other-client iacdb_cert 'extendedKeyUsage=clientAuth'
  tls_sign "$tls" ca expired localhost "$local_names" \
    -startdate 20190101000000Z -enddate 20200101000000Z
  tls_ca "$tls" ca -revoke "$tls/revoked.pem"
  tls_ca "$tls" ca -gencrl -crldays 3650 -out "$tls/crl.pem"
  rm -rf "$tls"/*.db "$tls"/*.cnf "$tls"/*.csr "$tls"/*.serial*  "$tls"/*.attr "$tls"/*.old
  chmod 600 "$tls"/*.key
}

tls_run() {
  openssl "$@" >>"$dir/tls.log" 2>&1 || { tail -n 20 "$dir/tls.log" >&2; die "openssl $1 failed"; }
}

tls_key() {
  tls_run genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"
}

tls_authority() {
  local tls=$1 name=$2 common_name=$3
  tls_key "$tls/$name.key"
  tls_run req -x509 -new -key "$tls/$name.key" -subj "/CN=$common_name" -days 3650 \
    -addext keyUsage=critical,keyCertSign,cRLSign -out "$tls/$name.pem"
  : >"$tls/$name.db"
  cat >"$tls/$name.cnf" <<END
[ca]
default_ca = test
[test]
database = $tls/$name.db
unique_subject = no
new_certs_dir = $tls
certificate = $tls/$name.pem
private_key = $tls/$name.key
rand_serial = yes
default_md = sha256
default_days = 3650
policy = any
[any]
commonName = supplied
END
}

tls_ca() {
  local tls=$1 authority=$2
  shift 2
  tls_run ca -batch -notext -config "$tls/$authority.cnf" "$@"
}

# tls_sign FOLDER AUTHORITY NAME COMMON_NAME EXTENSIONS [openssl ca options]
tls_sign() {
  local tls=$1 authority=$2 name=$3 common_name=$4 extensions=$5
  shift 5
  tls_key "$tls/$name.key"
  tls_run req -new -key "$tls/$name.key" -subj "/CN=$common_name" -out "$tls/$name.csr"
  echo "$extensions" >"$tls/$name.ext.cnf"
  tls_ca "$tls" "$authority" -in "$tls/$name.csr" -out "$tls/$name.pem" \
    -extfile "$tls/$name.ext.cnf" "$@"
  # openssl ca keeps a second copy under the serial number.
  find "$tls" -maxdepth 1 -regextype posix-extended -regex '.*/[0-9A-F]{16,}\.pem' -delete
}
