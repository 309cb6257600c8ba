#!/bin/sh
# issue COMMON_NAME DATE LEAF...
#
# Makes the CA in /ca once, then a key and certificate for each LEAF in /tls/<service>, where LEAF is
# `service:uid:name,name,…` (DNS names and IPv4 addresses). A leaf that still fits and lasts until DATE is kept, so
# running this again changes nothing. Prints `leaf SERVICE FINGERPRINT` for each and last the CA's certificate (public),
# which is all that leaves the volumes.
set -eu
umask 077

CA_DAYS=3650
LEAF_DAYS=820      # Apple's limit for certificates of a private CA is 825 days

common_name=$1
end=$(date -d "$2" +%s) # on a line of its own, where a word that is no date ends this
must_last_sec=$((end - $(date +%s)))
shift 2

if [ ! -s /ca/ca.crt ]; then
  openssl ecparam -name prime256v1 -genkey -noout -out /ca/new.key
  openssl req -x509 -new -key /ca/new.key -sha256 -days "$CA_DAYS" -subj "/CN=$common_name" -out /ca/new.crt \
    -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign,cRLSign'
  mv /ca/new.key /ca/ca.key
  mv /ca/new.crt /ca/ca.crt # last: its presence says that the pair is whole
fi

# names,… -> DNS:…,IP:… as openssl writes them
subject_alt_names() {
  echo "$1" | tr ',' '\n' | while read -r name; do
    case $name in
      *[!0-9.]*) echo "DNS:$name" ;;
      *) echo "IP:$name" ;;
    esac
  done | paste -sd, -
}

still_fits() {
  dir=$1 alt_names=$2
  [ -s "$dir/tls.crt" ] && [ "$(cat "$dir/names" 2>/dev/null)" = "$alt_names" ] \
    && openssl verify -CAfile /ca/ca.crt "$dir/tls.crt" >/dev/null 2>&1 \
    && openssl x509 -in "$dir/tls.crt" -noout -checkend "$must_last_sec" >/dev/null
}

for leaf; do
  service=${leaf%%:*} rest=${leaf#*:}
  uid=${rest%%:*} names=${rest#*:}
  dir=/tls/$service
  alt_names=$(subject_alt_names "$names")
  if ! still_fits "$dir" "$alt_names"; then
    openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out "$dir/tls.key"
    printf '%s\n' 'basicConstraints=critical,CA:FALSE' 'keyUsage=critical,digitalSignature' \
      'extendedKeyUsage=serverAuth,clientAuth' "subjectAltName=$alt_names" >/tmp/extensions
    openssl req -new -key "$dir/tls.key" -subj "/CN=$service" \
      | openssl x509 -req -CA /ca/ca.crt -CAkey /ca/ca.key -set_serial "0x$(openssl rand -hex 16)" \
        -sha256 -days "$LEAF_DAYS" -extfile /tmp/extensions -out "$dir/tls.crt"
    printf '%s' "$alt_names" >"$dir/names"
  fi
  cp /ca/ca.crt "$dir/ca.crt"
  chmod 0400 "$dir"/*
  chmod 0500 "$dir"
  chown -R "$uid:$uid" "$dir"
  echo "leaf $service $(openssl x509 -in "$dir/tls.crt" -noout -fingerprint -sha256 | cut -d= -f2)"
done

cat /ca/ca.crt
