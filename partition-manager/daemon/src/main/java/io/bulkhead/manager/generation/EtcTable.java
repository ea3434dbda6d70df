package io.bulkhead.manager.generation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The reviewed list of names below {@code /etc} that hold the host's identity, secrets, hardware or duties.
 *
 * <p>It only ever takes away: what is not listed still has to pass the general rules of {@link GenerationRules}. Many of
 * the listed files are unreadable for ordinary users and would go by that rule anyway; they are listed because an
 * administrator's {@code chmod} must not decide about them. In patterns {@code *} stays within one name and {@code **}
 * crosses directories; a dropped directory takes everything below it along. An exact path beats a pattern, an earlier
 * pattern a later one.
 *
 * <p>Pure and immutable; any thread.
 */
final class EtcTable {

    /** The literal ends of a pattern rule out nearly every path before the regular expression is asked. */
    private record Row(String prefix, Pattern pattern, String suffix, Decision decision) {

        boolean matches(String path) {
            return path.startsWith(prefix)
                    && path.endsWith(suffix)
                    && pattern.matcher(path).matches();
        }
    }

    private final Map<String, Decision> exact = new HashMap<>();
    private final List<Row> patterns = new ArrayList<>();

    EtcTable() {
        identity();
        passwordsAndKeys();
        serviceCredentials();
        ServiceSecrets.byReason().forEach((reason, paths) -> drop(reason, paths.toArray(String[]::new)));
        duties();
        systemd();
        network();
        hardware();
        leftovers();
    }

    /** Decision of the list for this path, or nothing if the list does not know it. */
    Optional<Decision> find(String path) {
        Decision known = exact.get(path);
        if (known != null) {
            return Optional.of(known);
        }
        // A name found innocent is not known to the list: the general rules still decide about it.
        return patterns.stream()
                .filter(row -> row.matches(path))
                .map(Row::decision)
                .findFirst()
                .filter(decision -> !(decision instanceof Decision.Keep));
    }

    /** Names by which a machine is known. hostname, hosts and machine-id are written anew for each partition. */
    private void identity() {
        drop("identity of the host; each partition gets its own", "etc/machine-id", "etc/hostname", "etc/hosts");
        drop(
                "identity of the host",
                "etc/hostid",
                "etc/mailname",
                "etc/machine-info",
                "etc/dhcpcd.duid",
                "etc/dhcpcd.secret",
                "etc/nodename",
                "etc/HOSTNAME",
                "etc/postfix/main.cf",
                "etc/exim4/update-exim4.conf.conf");
        drop(
                "who may reach the host and whom it knows",
                "etc/hosts.allow",
                "etc/hosts.deny",
                "etc/hosts.equiv",
                "etc/shosts.equiv",
                "etc/ssh/ssh_known_hosts*",
                "etc/ssh/authorized_keys*");
        empty("greets the host's users", "etc/motd");
        // Subordinate ids name human users, and ranges of the host mean nothing inside a partition's 65,536 ids.
        empty("subordinate ids of the host's users", "etc/subuid", "etc/subgid");
        drop("Bulkhead's own", "etc/bulkhead");
    }

    /** Password hashes and private keys of the machine itself. */
    private void passwordsAndKeys() {
        drop(
                "old accounts and password hashes",
                "etc/passwd-",
                "etc/group-",
                "etc/shadow-",
                "etc/gshadow-",
                "etc/subuid-",
                "etc/subgid-",
                "etc/passwd.*",
                "etc/group.*",
                "etc/shadow.*",
                "etc/gshadow.*",
                "etc/master.passwd");
        // pam_unix(8) remember= fails without the file, so it stays, empty.
        empty("old password hashes", "etc/security/opasswd");
        drop("lock of the account files", "etc/.pwd.lock");
        drop(
                "ssh host key",
                "etc/ssh/ssh_host_*",
                "etc/dropbear/*_host_key",
                "etc/dropbear-initramfs",
                "etc/ssh/*_key");
        empty("private keys", "etc/ssl/private", "etc/pki/tls/private");
        drop(
                "private keys and certificates of the host",
                "etc/letsencrypt",
                "etc/acme*",
                "etc/lego",
                "etc/dehydrated",
                "etc/pki/nssdb",
                "etc/pki/consumer",
                "etc/pki/entitlement",
                "etc/secureboot",
                "etc/efi-keys",
                "etc/tpm2*");
        drop("Kerberos keys", "etc/krb5.keytab", "etc/**.keytab", "etc/krb5kdc", "etc/heimdal-kdc");
        drop("credential store", "etc/credstore", "etc/credstore.encrypted", "etc/keys", "etc/keystore*", "etc/vault*");
        drop(
                "private key by its name",
                "etc/**/id_rsa",
                "etc/**/id_dsa",
                "etc/**/id_ecdsa",
                "etc/**/id_ed25519",
                "etc/**/*.p12",
                "etc/**/*.pfx",
                "etc/**/*.ppk",
                "etc/**/*.jks",
                "etc/**/privkey*",
                "etc/**/*-key.pem",
                "etc/**/*_key.pem",
                "etc/**/key.pem");
    }

    /** Credentials of single programs, by program. */
    private void serviceCredentials() {
        drop(
                "network credentials",
                "etc/NetworkManager",
                "etc/wpa_supplicant",
                "etc/wireguard",
                "etc/openvpn",
                "etc/ppp",
                "etc/iwd",
                "etc/hostapd",
                "etc/ipsec.*",
                "etc/swanctl",
                "etc/strongswan*",
                "etc/racoon",
                "etc/chatscripts",
                "etc/peers",
                "etc/tinc",
                "etc/stunnel",
                "etc/connman",
                "etc/vpnc",
                "etc/openconnect",
                "etc/tor",
                "etc/nebula",
                "etc/zerotier*",
                "etc/freeradius",
                "etc/raddb");
        drop(
                "container and cluster credentials",
                "etc/docker",
                "etc/kubernetes",
                "etc/rancher",
                "etc/k0s",
                "etc/cni",
                "etc/containerd",
                "etc/containers/auth.json",
                "etc/crio",
                "etc/etcd*",
                "etc/consul*",
                "etc/nomad*",
                "etc/ceph",
                "etc/corosync",
                "etc/pacemaker",
                "etc/munge",
                "etc/slurm*",
                "etc/pve",
                "etc/glusterfs");
        drop("other machines run by the host", "etc/libvirt", "etc/xen", "etc/qemu", "etc/lxc", "etc/lxd", "etc/incus");
        drop(
                "database credentials",
                "etc/mysql/debian.cnf",
                "etc/mysql/**.pem",
                "etc/my.cnf",
                "etc/redis",
                "etc/postgresql/**/pg_ident.conf",
                "etc/postgresql/**/pg_hba.conf",
                "etc/mongo*",
                "etc/rabbitmq",
                "etc/mosquitto",
                "etc/influxdb",
                "etc/pgbouncer",
                "etc/memcached*sasl*");
        drop(
                "mail credentials",
                "etc/exim4/passwd*",
                "etc/postfix/sasl*",
                "etc/postfix/**.db",
                "etc/sasldb*",
                "etc/dovecot",
                "etc/msmtprc",
                "etc/ssmtp",
                "etc/nullmailer",
                "etc/fetchmailrc",
                "etc/opendkim*",
                "etc/dkimkeys",
                "etc/dma",
                "etc/rspamd",
                "etc/aliases",
                "etc/aliases.db",
                "etc/email-addresses");
        drop(
                "directory credentials",
                "etc/ldap.secret",
                "etc/ldap/**.ldif",
                "etc/ldap/slapd*",
                "etc/libnss-ldap*",
                "etc/pam_ldap*",
                "etc/nslcd*",
                "etc/sssd",
                "etc/samba",
                "etc/ldap/*secret*",
                "etc/realmd*",
                "etc/ipa",
                "etc/yp*",
                "etc/winbind*");
        drop("package source credentials", "etc/apt/auth.conf", "etc/apt/auth.conf.d", "etc/npmrc", "etc/pypirc");
        drop(
                "network file system credentials",
                "etc/davfs2",
                "etc/cifs*",
                "etc/smbcredentials*",
                "etc/**/*credential*",
                "etc/exports",
                "etc/exports.d",
                "etc/auto.*",
                "etc/autofs*",
                "etc/s3cfg",
                "etc/passwd-s3fs",
                "etc/rclone*");
        drop(
                "login by machine",
                "etc/netrc",
                "etc/**/.netrc",
                "etc/**/.pgpass",
                "etc/**/.my.cnf",
                "etc/**/.htpasswd*",
                "etc/**/*htpasswd*",
                "etc/**/.ssh",
                "etc/**/.gnupg",
                "etc/**/.aws",
                "etc/**/.docker",
                "etc/**/.kube",
                "etc/**/.git-credentials",
                "etc/aws",
                "etc/boto.cfg",
                "etc/google*",
                "etc/azure*",
                "etc/cloud");
        drop(
                "monitoring and management credentials",
                "etc/salt",
                "etc/puppet*",
                "etc/chef",
                "etc/cfengine*",
                "etc/ansible",
                "etc/zabbix",
                "etc/snmp",
                "etc/monit*",
                "etc/nagios*",
                "etc/icinga*",
                "etc/collectd",
                "etc/telegraf",
                "etc/datadog-agent",
                "etc/grafana",
                "etc/prometheus",
                "etc/munin",
                "etc/bacula",
                "etc/borg*",
                "etc/restic*",
                "etc/duplicity",
                "etc/rsnapshot*",
                "etc/rsyncd.*",
                "etc/backup*",
                "etc/bareos",
                "etc/ocsinventory");
        drop(
                "time and name server keys",
                "etc/chrony/chrony.keys",
                "etc/chrony.keys",
                "etc/ntp.keys",
                "etc/ntp/keys",
                "etc/ntpsec/*keys*",
                "etc/bind/**.key",
                "etc/rndc.key",
                "etc/nsd/**.key",
                "etc/knot",
                "etc/powerdns",
                "etc/unbound/**.key",
                "etc/unbound/**.pem");
        drop("audit rules of the host", "etc/audit", "etc/aide", "etc/tripwire", "etc/samhain*", "etc/fail2ban");
        // Key rings of apt are public keys; anything else that calls itself a key is not given away.
        innocent("etc/apt/trusted.gpg.d/**", "etc/apt/keyrings/**");
        drop("private key by its name", "etc/**/*.key", "etc/*.key");
    }

    /** What the host does by itself and a partition must not do again. */
    private void duties() {
        drop(
                "jobs of the host",
                "etc/crontab",
                "etc/anacrontab",
                "etc/rc.local",
                "etc/cron.allow",
                "etc/cron.deny",
                "etc/at.allow",
                "etc/at.deny",
                "etc/incron*");
        empty(
                "jobs of the host",
                "etc/cron.d",
                "etc/cron.hourly",
                "etc/cron.daily",
                "etc/cron.weekly",
                "etc/cron.monthly",
                "etc/cron.yearly");
        empty("privileges of the host's users", "etc/sudoers.d", "etc/polkit-1/rules.d", "etc/polkit-1/localauthority");
        drop(
                "privileges of the host's users",
                "etc/doas.conf",
                "etc/super.tab",
                "etc/security/access-*",
                "etc/polkit-1/localauthority.conf.d");
        empty("System V services of the host", "etc/rc[0-6S].d");
        // Debian ships both empty: whatever is there is the administrator's, and tokens and proxies are what is put
        // there.
        empty("environment of the host", "etc/environment", "etc/environment.d");
        drop("keeps users out", "etc/nologin");
    }

    /**
     * Nothing of the host's own enablement, local units or drop-ins passes: they start the host's services and their
     * {@code Environment=} lines hold tokens. Masks (links to /dev/null) stay, they only take away; {@link GenerationRules}
     * asks about them before it asks this list. Vendor units in /usr start what every system needs.
     */
    private void systemd() {
        drop("unit or enablement of the host", "etc/systemd/system/*", "etc/systemd/user/*");
        drop(
                "run-time settings of the host's units",
                "etc/systemd/system.control",
                "etc/systemd/system.attached",
                "etc/systemd/user.control",
                "etc/systemd/nspawn",
                "etc/systemd/portable",
                "etc/systemd/dnssd");
        empty("addresses of the host", "etc/systemd/network");
    }

    private void network() {
        drop(
                "addresses of the host",
                "etc/netplan",
                "etc/sysconfig",
                "etc/ethers",
                "etc/resolvconf",
                "etc/resolv.conf.*",
                "etc/dhcp/dhclient.conf.*",
                "etc/dnsmasq*",
                "etc/hosts.*");
        empty("addresses of the host", "etc/network/interfaces.d");
        drop(
                "packet filter of the host",
                "etc/nftables*",
                "etc/iptables*",
                "etc/ufw",
                "etc/firewalld",
                "etc/shorewall*",
                "etc/ferm",
                "etc/arptables*",
                "etc/ebtables*",
                "etc/pf.conf");
    }

    /** Discs, controllers and boot: they are named by serial number or UUID and belong to the host's kernel. */
    private void hardware() {
        drop("clock of the host", "etc/adjtime");
        drop(
                "storage of the host",
                "etc/crypttab*",
                "etc/lvm",
                "etc/mdadm*",
                "etc/mdadm.conf",
                "etc/iscsi",
                "etc/tgt",
                "etc/target",
                "etc/multipath*",
                "etc/nvme",
                "etc/zfs",
                "etc/blkid*",
                "etc/dmraid*",
                "etc/clevis*",
                "etc/smartd*",
                "etc/hdparm*",
                "etc/udisks2",
                "etc/cryptsetup*",
                "etc/luks*",
                "etc/stratis*");
        drop(
                "devices of the host",
                "etc/udev/hwdb.bin",
                "etc/udev/hwdb.d",
                "etc/udev/rules.d/70-persistent*",
                "etc/bluetooth",
                "etc/cups",
                "etc/sane.d",
                "etc/usbguard",
                "etc/iftab");
        empty("devices of the host", "etc/udev/rules.d");
        drop(
                "boot of the host",
                "etc/default/grub*",
                "etc/grub*",
                "etc/kernel",
                "etc/initramfs-tools",
                "etc/dracut*",
                "etc/lilo*",
                "etc/systemd/boot*",
                "etc/loader",
                "etc/kdump*",
                "etc/default/kdump*",
                "etc/fwupd");
    }

    /** History and copies: they hold yesterday's secrets under today's permissions. */
    private void leftovers() {
        drop(
                "history of the configuration",
                "etc/.git",
                "etc/**/.git",
                "etc/.hg",
                "etc/.bzr",
                "etc/.svn",
                "etc/**/.svn",
                "etc/.etckeeper",
                "etc/**/RCS",
                "etc/**/CVS");
        drop(
                "copy left by an editor or the package manager",
                "etc/**~",
                "etc/**.bak",
                "etc/**.old",
                "etc/**.orig",
                "etc/**.save",
                "etc/**.swp",
                "etc/**.dpkg-*",
                "etc/**.ucf-*",
                "etc/**.rpmsave",
                "etc/**.rpmnew",
                "etc/**/#*#",
                "etc/**/*_history",
                "etc/**.log");
    }

    /** No later pattern takes these names away. */
    private void innocent(String... paths) {
        add(Decision.KEEP, paths);
    }

    private void drop(String reason, String... paths) {
        add(Decision.drop(reason), paths);
    }

    private void empty(String reason, String... paths) {
        add(Decision.empty(reason), paths);
    }

    private void add(Decision decision, String... paths) {
        for (String path : paths) {
            if (path.contains("*") || path.contains("[")) {
                String prefix = path.split("[*\\[]", 2)[0];
                String suffix = path.substring(Math.max(path.lastIndexOf('*'), path.lastIndexOf(']')) + 1);
                // "**/" also matches no directory at all, so its slash is no literal.
                String literalEnd =
                        path.endsWith("**/" + suffix.replaceFirst("^/", "")) ? suffix.replaceFirst("^/", "") : suffix;
                patterns.add(new Row(prefix, Pattern.compile(regexOf(path), Pattern.DOTALL), literalEnd, decision));
            } else {
                exact.put(path, decision);
            }
        }
    }

    /** {@code *} within a name, {@code **} across directories, {@code [...]} one character of a set, the rest literal. */
    private static String regexOf(String glob) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            if (glob.startsWith("**/", i)) {
                regex.append("(?:.*/)?");
                i += 2;
            } else if (glob.startsWith("**", i)) {
                regex.append(".*");
                i++;
            } else if (c == '*') {
                regex.append("[^/]*");
            } else if (c == '[') {
                int end = glob.indexOf(']', i);
                regex.append(glob, i, end + 1);
                i = end;
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return regex.toString();
    }
}
