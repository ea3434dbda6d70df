package io.bulkhead.manager.generation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The part of the reviewed list that grows with what Debian packages: places below {@code /etc} where single services keep
 * passwords, tokens and shared secrets, often under names that say nothing of it. Patterns are those of {@link EtcTable}.
 *
 * <p>Many of these files are unreadable for ordinary users as their packages make them; they are listed because an
 * administrator's {@code chmod} must not decide about them. Pure and immutable; any thread.
 */
final class ServiceSecrets {
    private static final Map<String, List<String>> BY_REASON = new LinkedHashMap<>();

    static {
        put(
                "database credentials",
                "etc/dbconfig-common",
                "etc/phpmyadmin/config-db.php",
                "etc/odbc.ini",
                "etc/pam_pgsql*",
                "etc/pam_mysql*",
                "etc/libnss-mysql*",
                "etc/nss-pgsql*",
                "etc/elasticsearch",
                "etc/kibana",
                "etc/logstash",
                "etc/*beat",
                "etc/cassandra",
                "etc/couchdb",
                "etc/neo4j",
                "etc/kafka",
                "etc/zookeeper",
                "etc/nats*");
        put(
                "web application credentials",
                "etc/wordpress",
                "etc/roundcube",
                "etc/nextcloud*",
                "etc/owncloud*",
                "etc/dokuwiki",
                "etc/mediawiki",
                "etc/cacti",
                "etc/zm",
                "etc/icingaweb2",
                "etc/gitea",
                "etc/gitlab*",
                "etc/jenkins*",
                "etc/buildkite*",
                "etc/drone*",
                "etc/woodpecker*",
                "etc/cockpit",
                "etc/webmin",
                "etc/usermin",
                "etc/caddy",
                "etc/traefik",
                "etc/certbot*");
        put(
                "secrets shared with other machines",
                "etc/keepalived",
                "etc/haproxy",
                "etc/varnish/secret",
                "etc/ha.d",
                "etc/drbd.conf",
                "etc/drbd.d",
                "etc/ganeti",
                "etc/frr",
                "etc/quagga",
                "etc/bird*",
                "etc/nut",
                "etc/apcupsd",
                "etc/ipmi*",
                "etc/freeipmi",
                "etc/conserver",
                "etc/knockd.conf",
                "etc/fwknop",
                "etc/squid/passwd*",
                "etc/pam_radius*",
                "etc/duo",
                "etc/yubico*",
                "etc/u2f*",
                "etc/tacplus*");
        put(
                "chat and telephone credentials",
                "etc/prosody",
                "etc/ejabberd",
                "etc/matrix-synapse",
                "etc/turnserver*",
                "etc/coturn*",
                "etc/asterisk",
                "etc/freeswitch",
                "etc/kamailio",
                "etc/mumble*",
                "etc/inspircd",
                "etc/znc");
        put(
                "mail of the host",
                "etc/mail",
                "etc/mailman*",
                "etc/sympa",
                "etc/cyrus*",
                "etc/imapd.conf",
                "etc/courier",
                "etc/amavis*",
                "etc/procmailrc",
                "etc/esmtprc",
                "etc/mutt*rc.d",
                "etc/proftpd",
                "etc/pure-ftpd");
        put(
                "backup credentials",
                "etc/amanda",
                "etc/burp",
                "etc/urbackup",
                "etc/kopia",
                "etc/tarsnap*",
                "etc/backuppc",
                "etc/rdiff-backup*");
        put(
                "certificates and their keys",
                "etc/step*",
                "etc/cfssl*",
                "etc/easy-rsa",
                "etc/ipsec.d",
                "etc/ssl/*.key",
                "etc/ssl/certs/ssl-cert-snakeoil.pem");
    }

    private ServiceSecrets() {}

    /** Patterns by the reason why what they name is left out. */
    static Map<String, List<String>> byReason() {
        return BY_REASON;
    }

    private static void put(String reason, String... patterns) {
        BY_REASON.put(reason, List.of(patterns));
    }
}
