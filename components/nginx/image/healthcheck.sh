#!/bin/bash
# Exits 0 when nginx answers. Plain HTTP on the loopback: no TLS tool is needed in the image.
exec 3<>/dev/tcp/127.0.0.1/8081 || exit 1
printf 'GET /alive HTTP/1.0\r\n\r\n' >&3
read -r -t 3 _ status _ <&3
[ "$status" = 204 ]
