# What systemd does for the product: Restart=always, RestartSec=0, ExecStopPost=holdfast-leash --sweep.
while [ ! -e /run/lab/stop ]; do
    "$@" &
    leash=$!
    echo "$leash" >/run/lab/leash.pid
    code=0
    wait "$leash" || code=$?
    echo "lab: the leash ended with code $code"
    holdfast-leash --sweep || echo "lab: the sweep ended with code $?"
    case $code in 126 | 127) sleep 1 ;; esac
done
rm -f /run/lab/stop
