#!/bin/sh
# Makes deploy/compose.env from its example, once, with secrets nobody has seen; `demo` adds an invented Zalo account.
set -eu
umask 077
cd "$(dirname "$0")/.."
file=${COMPOSE_ENV:-compose.env}

if [ -e "$file" ]; then
    echo "$file is there already, and its secrets are in use. Move it away first if you mean to lose them." >&2
    exit 1
fi

password() { head -c 24 /dev/urandom | od -An -vtx1 | tr -d ' \n'; }
digits() { printf '4%s' "$(head -c 64 /dev/urandom | od -An -vtu1 | tr -d ' \n' | cut -c 1-18)"; }
url_key() { head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n'; }

# What is made for a line of the example; nothing where only people know.
value() {
    case "$1 $demo" in
        *_PASSWORD\ *) password ;;
        LOOKUP_KEY\ *) password ;;
        CONTACT_KEYS\ *) url_key ;;
        ROUTING_SESSION_PRIVATE_KEY\ *) url_key | tr -d '=' ;;
        PUBLIC_URL\ demo) printf 'http://localhost:8080' ;;
        ZALO_APP_ID\ demo | ZALO_OA_ID\ demo) digits ;;
        ZALO_*\ demo | NOTIFIER_ZALO_*_TOKEN\ demo) password ;;
        NOTIFIER_ZALO_*_URL\ demo) printf 'http://zalo:9000' ;;
        INTAKE_MEDIA_PRIVATE_HOSTS\ demo) printf 'zalo:9000' ;;
    esac
}

demo=${1:-}
case "$demo" in '' | demo) ;; *) echo "usage: $0 [demo]" >&2; exit 2 ;; esac

fresh=$(mktemp "$file.XXXXXX")
trap 'rm -f "$fresh"' EXIT
while IFS= read -r line; do
    name=${line%%=*}
    made=
    case "$line" in
        [A-Z]*=) made=$(value "$name") ;;
        \#NOTIFIER_ZALO_*= | \#INTAKE_MEDIA_PRIVATE_HOSTS=) name=${name#?}; made=$(value "$name") ;;
    esac
    if [ -n "$made" ]; then
        printf '%s=%s\n' "$name" "$made"
    else
        printf '%s\n' "$line"
    fi
done < compose.env.example > "$fresh"
mv "$fresh" "$file"

echo "$file is made. Still to be filled in:"
grep -E '^[A-Z_]+=$' "$file" || echo "(nothing)"
