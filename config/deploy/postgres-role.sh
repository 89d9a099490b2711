#!/bin/sh
# Runs once, in a fresh cluster: a role that is no superuser, and the database it owns.
set -eu
psql -v ON_ERROR_STOP=1 -v name="$RUANG_DATABASE" --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\set word `cat /run/secrets/role_password`
CREATE ROLE :"name" LOGIN PASSWORD :'word';
CREATE DATABASE :"name" OWNER :"name";
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
SQL
