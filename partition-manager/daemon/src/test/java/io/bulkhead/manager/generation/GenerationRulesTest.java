package io.bulkhead.manager.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every wall of the rules once, from the outside. All files are readable by everybody unless a test says otherwise. */
class GenerationRulesTest {

    private final GenerationRules rules = new GenerationRules(new HostFacts(
            "root:x:0:0:Ada:/root:/bin/sh\n",
            "root:x:0:\n",
            "db1",
            Set.of("0123456789abcdef0123456789abcdef", "db1.example.org")));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "etc/shadow-",
                "etc/gshadow-",
                "etc/passwd-",
                "etc/shadow.org",
                "etc/machine-id",
                "etc/hostname",
                "etc/hosts",
                "etc/adjtime",
                "etc/ssh/ssh_host_ed25519_key",
                "etc/ssh/ssh_host_rsa_key.pub",
                "etc/letsencrypt",
                "etc/krb5.keytab",
                "etc/apache2/http.keytab",
                "etc/NetworkManager",
                "etc/wpa_supplicant",
                "etc/wireguard",
                "etc/ppp",
                "etc/openvpn",
                "etc/docker",
                "etc/kubernetes",
                "etc/mysql/debian.cnf",
                "etc/exim4/passwd.client",
                "etc/postfix/sasl",
                "etc/postfix/sasl_passwd.db",
                "etc/apt/auth.conf",
                "etc/apt/auth.conf.d",
                "etc/netrc",
                "etc/skel/.netrc",
                "etc/ldap.secret",
                "etc/libnss-ldap.conf",
                "etc/crontab",
                "etc/anacrontab",
                "etc/udev/hwdb.bin",
                "etc/udev/rules.d/70-persistent-net.rules",
                "etc/lvm",
                "etc/mdadm",
                "etc/crypttab",
                "etc/iscsi",
                "etc/multipath.conf",
                "etc/nvme",
                "etc/systemd/system/multi-user.target.wants",
                "etc/systemd/system/backup.service",
                "etc/systemd/system/nginx.service.d",
                "etc/bulkhead",
                "etc/nginx/tls/site.key",
                "etc/site.key",
                "etc/app/server.pfx",
                "etc/.git",
                "etc/nginx/.git",
                "etc/app/config.bak",
                "etc/app/config~",
                "etc/nginx/.htpasswd",
                "etc/skel/.ssh",
                "etc/netplan",
                "etc/nftables.conf",
                "etc/mailname",
                "etc/default/grub",
                "etc/dbconfig-common",
                "etc/gitlab-runner",
                "etc/keepalived",
                "etc/haproxy",
                "etc/nut",
                "etc/filebeat",
                "etc/cockpit",
                "etc/asterisk",
                "etc/mail",
                "etc/mailman3",
                "etc/varnish/secret",
                "etc/squid/passwd",
                "etc/ipsec.d",
                "etc/certbot",
                "etc/resolv.conf.bak"
            })
    void dropsIdentityAndSecretsByNameEvenIfReadable(String path) {
        assertThat(rules.decide(HostEntry.file(path, 0644))).isInstanceOf(Decision.Drop.class);
        assertThat(rules.decide(HostEntry.directory(path, 0755))).isInstanceOf(Decision.Drop.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "etc/pam.d/login",
                "etc/login.defs",
                "etc/nsswitch.conf",
                "etc/security/limits.conf",
                "etc/profile",
                "etc/ld.so.cache",
                "etc/services",
                "etc/debian_version",
                "etc/shells",
                "etc/apt/trusted.gpg.d/site.key",
                "etc/ssh/sshd_config",
                "etc/ssl/certs/ca.pem",
                "etc/default/locale",
                "etc/systemd/journald.conf",
                "etc/init.d/cron",
                "etc/skel/.bashrc"
            })
    void keepsWhatEverySystemNeeds(String path) {
        assertThat(rules.decide(HostEntry.file(path, 0644))).isEqualTo(Decision.KEEP);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "etc/cron.d",
                "etc/cron.daily",
                "etc/sudoers.d",
                "etc/ssl/private",
                "etc/polkit-1/rules.d",
                "etc/rc2.d",
                "etc/systemd/network",
                "etc/network/interfaces.d",
                "var/mail",
                "var/local"
            })
    void emptiesDirectoriesThatProgramsExpect(String path) {
        assertThat(rules.decide(HostEntry.directory(path, 0700))).isInstanceOf(Decision.Empty.class);
    }

    @ParameterizedTest
    @CsvSource({"FILE, 0640", "FILE, 0600", "FILE, 0711", "DIRECTORY, 0750", "DIRECTORY, 0754", "DIRECTORY, 0711"})
    void dropsWhatTheHostDoesNotLetEverybodyRead(HostEntry.Type type, String mode) {
        Decision decision = rules.decide(new HostEntry("etc/unheard-of", type, Integer.parseInt(mode, 8), 0, 0, ""));

        assertThat(decision).isEqualTo(Decision.drop("not readable by everybody on the host"));
    }

    @Test
    void unreadableKeyRingIsNoException() {
        assertThat(rules.decide(HostEntry.file("etc/apt/keyrings/site.gpg", 0600)))
                .isInstanceOf(Decision.Drop.class);
    }

    @Test
    void dropsDevicesSocketsAndFifos() {
        assertThat(rules.decide(new HostEntry("etc/odd", HostEntry.Type.SPECIAL, 0666, 0, 0, "")))
                .isInstanceOf(Decision.Drop.class);
    }

    @ParameterizedTest
    @CsvSource({
        "etc/localtime, /usr/share/zoneinfo/Etc/UTC, true",
        "etc/os-release, ../usr/lib/os-release, true",
        "etc/alternatives/vi, /usr/bin/vim, true",
        "etc/app, ../../../../usr/share/app, true",
        "etc/systemd/system/cron.service, /dev/null, true",
        "etc/app, /home/ada/app.conf, false",
        "etc/app, ../root/app.conf, false",
        "etc/app, /srv/customer, false",
        "etc/app, /, false",
        "etc/app, .., false",
        "etc/app, /usr/../root/x, false",
        "etc/systemd/system/sshd.service, /lib/systemd/system/ssh.service, false"
    })
    void keepsOnlyLinksIntoPlacesAPartitionHasToo(String path, String target, boolean kept) {
        assertThat(rules.decide(HostEntry.link(path, target)) instanceof Decision.Keep)
                .isEqualTo(kept);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "etc/passwd",
                "etc/group",
                "etc/shadow",
                "etc/gshadow",
                "etc/fstab",
                "etc/resolv.conf",
                "etc/sudoers",
                "etc/securetty",
                "etc/network/interfaces"
            })
    void writesAnewWhateverTheHostHasThere(String path) {
        assertThat(rules.decide(HostEntry.file(path, 0600))).isInstanceOf(Decision.Replace.class);
        assertThat(rules.decide(HostEntry.link(path, "/run/x"))).isInstanceOf(Decision.Replace.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-----BEGIN PRIVATE KEY-----",
                "-----BEGIN RSA PRIVATE KEY-----",
                "-----BEGIN OPENSSH PRIVATE KEY-----",
                "-----BEGIN PGP PRIVATE KEY BLOCK-----",
                "-----BEGIN ENCRYPTED PRIVATE KEY-----",
                "PuTTY-User-Key-File-3: ssh-ed25519",
                "root:$y$j9T$abcdefghijklmnopqrstuv$0123456789abcdef:",
                "pw=$6$saltsalt$0123456789012345678901234567890123456789",
                "web:$apr1$saltsalt$0123456789012345678901",
                "//npm.example.org/:_authToken=x",
                "http://ada:lovelace@proxy:3128",
                "userPassword: {SSHA}0123456789abcdef0123",
                "id=0123456789abcdef0123456789abcdef",
                "server_name db1.example.org;"
            })
    void dropsFilesThatSaySecrets(String line) {
        byte[] content = ("# innocent\n" + line + "\n").getBytes(StandardCharsets.UTF_8);

        assertThat(rules.decideContent(content)).isInstanceOf(Decision.Drop.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-----BEGIN CERTIFICATE-----",
                "# set your PRIVATE KEY here",
                "https://example.org/a:b",
                "$1 $6 $y$",
                "deb http://packages.example.org/debian bookworm main",
                "mail ada@example.org"
            })
    void keepsFilesThatOnlyLookLikeIt(String line) {
        assertThat(rules.decideContent(line.getBytes(StandardCharsets.UTF_8))).isEqualTo(Decision.KEEP);
    }

    @ParameterizedTest
    @CsvSource({
        "var/lib, KEEP",
        "var/lib/apt, KEEP",
        "var/lib/apt/lists, EMPTY",
        "var/spool/cron, KEEP",
        "var/www, DROP",
        "var/lib/0a1b2c3d4e5f60718293a4b5c6d7e8f9, DROP",
        "var/lib/x/7c9e6679-7425-40de-944b-e07fc1f90ae7, DROP",
        "var/lib/db1, DROP",
        "var/log/db1_access, DROP",
        "var/lib/db10, KEEP",
        "var/crash, DROP"
    })
    void keepsOnlyTheSkeletonOfVar(String path, String expected) {
        Decision decision = rules.decide(HostEntry.directory(path, 0755));

        assertThat(decision.getClass().getSimpleName()).isEqualToIgnoringCase(expected);
    }

    @Test
    void keepsUnreadableDirectoriesOfVarButLooksNotInside() {
        assertThat(rules.decide(HostEntry.directory("var/lib/private", 0700))).isInstanceOf(Decision.Empty.class);
    }

    @Test
    void dropsFilesAndHumanDirectoriesOfVar() {
        assertThat(rules.decide(HostEntry.file("var/lib/apt/extended_states", 0644)))
                .isInstanceOf(Decision.Drop.class);
        assertThat(rules.decide(new HostEntry("var/lib/ada", HostEntry.Type.DIRECTORY, 0755, 1000, 0, "")))
                .isInstanceOf(Decision.Drop.class);
    }

    @Test
    void takesSpecialBitsFromFilesOnly() {
        assertThat(GenerationRules.modeOf(HostEntry.file("etc/x", 06755))).isEqualTo(0755);
        assertThat(GenerationRules.modeOf(HostEntry.directory("var/mail", 02775)))
                .isEqualTo(02775);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "999, 999", "1000, 0", "59999, 0", "60000, 60000", "65534, 65534", "65536, 0"})
    void givesFilesOfUsersWithoutAccountToRoot(int id, int expected) {
        assertThat(GenerationRules.ownerOf(id)).isEqualTo(expected);
    }
}
