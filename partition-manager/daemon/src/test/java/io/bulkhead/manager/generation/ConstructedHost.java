package io.bulkhead.manager.generation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.stream.Stream;

/** A small host with every kind of secret planted; each secret holds {@link #CANARY}. */
final class ConstructedHost {

    static final String CANARY = "CanaryInTheMine";
    static final String MACHINE_ID = "5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e";

    final Path root;

    ConstructedHost(Path root) throws IOException {
        this.root = root;
        innocent();
        accounts();
        identity();
        secretsByName();
        secretsByContent();
        var();
    }

    /** Nothing secret: must all arrive. */
    private void innocent() throws IOException {
        file("etc/pam.d/login", "auth required pam_unix.so\n", 0644);
        file("etc/login.defs", "UMASK 022\n", 0644);
        file("etc/skel/.bashrc", "# rc\n", 0644);
        file("etc/profile.d/tool.sh", "export A=1\n", 0755);
        file("etc/setuid-tool", "x\n", 04755);
        // A name in UTF-8, made so that the JVM's own locale does not matter: "F\u0151.pem".
        run("cd \"$1/etc\" && echo x > \"$(printf 'F\\305\\221.pem')\"");
        link("etc/os-release", "../usr/lib/os-release");
        link("etc/localtime", "/usr/share/zoneinfo/Etc/UTC");
        link("etc/systemd/system/cron.service", "/dev/null");
        file("etc/sudoers", CANARY + " ALL=(ALL) NOPASSWD: ALL\n", 0440);
    }

    private void accounts() throws IOException {
        file(
                "etc/passwd",
                "root:x:0:0:" + CANARY + ":/root:/bin/bash\ndaemon:x:1:1::/:/bin/false\n" + CANARY
                        + ":x:1000:1000::/home/x:/bin/bash\nnobody:x:65534:65534::/:/bin/false\n",
                0644);
        file(
                "etc/group",
                "root:x:0:\ndaemon:x:1:\nsudo:x:27:" + CANARY + "\nshadow:x:42:\n" + CANARY + ":x:1000:\n",
                0644);
        file("etc/shadow", "root:$6$salt$" + CANARY + "0123456789abcdef:19000:0:99999:7:::\n", 0640);
        file("etc/gshadow", "root:" + CANARY + "OfAGroup::\n", 0640);
        // Readable by mistake.
        file("etc/shadow-", "root:$6$" + CANARY + ":19000::::::\n", 0644);
        file("etc/shadow.bak", CANARY, 0644);
        file("etc/security/opasswd", CANARY, 0600);
        file("etc/subuid", CANARY + ":100000:65536\n", 0644);
    }

    private void identity() throws IOException {
        file("etc/machine-id", MACHINE_ID + "\n", 0444);
        file("etc/hostname", "db1\n", 0644);
        file("etc/hosts", "127.0.1.1 db1." + CANARY + ".example db1\n", 0644);
        file("etc/fstab", "UUID=" + CANARY + " / ext4\n", 0644);
        link("etc/resolv.conf", "/run/" + CANARY);
        file("etc/ssh/ssh_host_rsa_key", CANARY, 0600);
        file("etc/ssh/ssh_host_rsa_key.pub", "ssh-rsa AAAA" + CANARY + "0123 root@db1\n", 0644);
        file("etc/app/known", "db1 ssh-rsa AAAA" + CANARY + "0123\n", 0644);
        file("etc/app/id.conf", "id=" + MACHINE_ID + " " + CANARY + "\n", 0644);
        link("etc/app/data", "/srv/" + CANARY);
        file("etc/iscsi/initiatorname.iscsi", "InitiatorName=iqn." + CANARY + "\n", 0644);
    }

    private void secretsByName() throws IOException {
        for (String path : new String[] {
            "etc/ssl/private/site.key",
            "etc/letsencrypt/live/x/privkey.pem",
            "etc/krb5.keytab",
            "etc/NetworkManager/system-connections/wifi",
            "etc/wpa_supplicant/wpa.conf",
            "etc/wireguard/wg0.conf",
            "etc/ppp/chap-secrets",
            "etc/openvpn/client.conf",
            "etc/docker/daemon.json",
            "etc/kubernetes/admin.conf",
            "etc/mysql/debian.cnf",
            "etc/exim4/passwd.client",
            "etc/postfix/sasl/x",
            "etc/apt/auth.conf.d/x",
            "etc/netrc",
            "etc/ldap.secret",
            "etc/crontab",
            "etc/cron.d/job",
            "etc/cron.daily/job",
            "etc/sudoers.d/x",
            "etc/lvm/backup/vg",
            "etc/crypttab",
            "etc/nvme/hostnqn",
            "etc/systemd/system/multi-user.target.wants/x.service",
            "etc/systemd/system/x.service.d/override.conf",
            "etc/bulkhead/bulkhead.conf",
            "etc/environment",
            "etc/.git/config",
            "etc/udev/rules.d/70-persistent-net.rules",
            "etc/network/interfaces",
            "etc/motd",
            "etc/dbconfig-common/phpmyadmin.conf",
            "etc/gitlab-runner/config.toml",
            "etc/keepalived/keepalived.conf",
            "etc/nut/upsd.users",
            "etc/haproxy/haproxy.cfg",
            "etc/varnish/secret",
            "etc/asterisk/sip.conf",
            "etc/mail/authinfo",
            "etc/ipsec.d/private/x.pem",
            "etc/filebeat/filebeat.yml",
            "etc/cockpit/ws-certs.d/x.cert",
            "etc/anacrontab",
            "etc/cron.weekly/job",
            "etc/aliases",
            "etc/mailname",
            "etc/systemd/system/backup.timer",
            "etc/app/trace.log"
        }) {
            file(path, CANARY + path + "\n", 0644);
        }
        file("etc/unheard-of/secret", CANARY, 0640);
        file("etc/closed/inside", CANARY, 0644);
        mode("etc/closed", 0711);
    }

    private void secretsByContent() throws IOException {
        file("etc/app/readme.txt", "-----BEGIN EC PRIVATE KEY-----\n" + CANARY + "\n", 0644);
        file("etc/app/users", "ada:$2y$10$" + CANARY + "0123456789012345678901234567890\n", 0644);
        file("etc/app/proxy", "http://ada:" + CANARY + "@proxy/\n", 0644);
        file("etc/app/env", "export APP_PASSWORD=" + CANARY + "\n", 0644);
        file("etc/app/unit.env", "AWS_SECRET_ACCESS_KEY='" + CANARY + "'\n", 0644);
        file("etc/app/wg", "[Interface]\nPrivateKey = " + "A".repeat(42) + "=\n" + CANARY + "\n", 0644);
        file("etc/app/gh", "token ghp_" + "a".repeat(36) + " " + CANARY + "\n", 0644);
        file("etc/app/jwt", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.x " + CANARY + "\n", 0644);
        file("etc/app/large", CANARY, 0644);
        try (SeekableByteChannel large =
                Files.newByteChannel(root.resolve("etc/app/large"), StandardOpenOption.WRITE)) {
            large.position(GenerationRules.LARGEST_FILE_BYTES + 1);
            large.write(ByteBuffer.wrap(new byte[1]));
        }
    }

    private void var() throws IOException {
        for (String path : new String[] {
            "var/lib/apt/lists/" + CANARY,
            "var/lib/mysql/data",
            "var/log/syslog",
            "var/log/wtmp",
            "var/log/journal/" + MACHINE_ID + "/x",
            "var/cache/app/x",
            "var/spool/cron/crontabs/x",
            "var/mail/x",
            "var/lib/dpkg/status",
            "var/www/x",
            "var/backups/shadow.bak",
            "var/tmp/x"
        }) {
            file(path, CANARY, 0644);
        }
        link("var/lib/dbus/machine-id", "/etc/machine-id");
        mode("var/lib/mysql", 0700);
        mode("var/tmp", 01777);
        mode("var/mail", 02775);
        link("var/run", "/run");
        link("var/spool/mail", "../mail");
        link("var/lib/escape", "/root/" + CANARY);
    }

    void fifo(String path) throws IOException {
        run("mkfifo -m 666 \"$1/" + path + "\"");
    }

    private void run(String script) throws IOException {
        try {
            int status = new ProcessBuilder("sh", "-c", script, "sh", root.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IOException(script + ": " + status);
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    void file(String path, String content, int mode) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content, StandardCharsets.UTF_8);
        mode(path, mode);
    }

    void link(String path, String target) throws IOException {
        Files.createDirectories(root.resolve(path).getParent());
        Files.createSymbolicLink(root.resolve(path), Path.of(target));
    }

    void mode(String path, int mode) throws IOException {
        Files.setAttribute(root.resolve(path), "unix:mode", mode);
    }

    /** Gives everything another age. */
    void touchAll() throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.filter(p -> !Files.isSymbolicLink(p)).toList()) {
                Files.setLastModifiedTime(path, FileTime.fromMillis(1_000_000_000_000L));
            }
        }
    }

    /** Paths below a tree whose name, link text or content holds a text. */
    static Stream<Path> holding(Path tree, String text) throws IOException {
        try (Stream<Path> all = Files.walk(tree)) {
            return all.filter(path -> holds(path, text)).toList().stream();
        }
    }

    private static boolean holds(Path path, String text) {
        try {
            if (path.getFileName().toString().contains(text)) {
                return true;
            }
            if (Files.isSymbolicLink(path)) {
                return Files.readSymbolicLink(path).toString().contains(text);
            }
            return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                    && Files.readString(path, StandardCharsets.ISO_8859_1).contains(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
