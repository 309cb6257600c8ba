#!/bin/bash
# Succeeds when the server greets.
exec 3<>/dev/tcp/127.0.0.1/1587
read -r -t 3 status _ <&3
[[ $status == 220 ]]
