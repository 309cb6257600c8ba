#!/bin/bash
# Exits 0 when a request can be served: Apache, PHP, the configuration and the store. Plain HTTP on the loopback.
exec 3<>/dev/tcp/127.0.0.1/8080 || exit 1
printf 'GET /alive HTTP/1.0\r\n\r\n' >&3
read -r -t 3 _ status _ <&3
[ "$status" = 204 ]
