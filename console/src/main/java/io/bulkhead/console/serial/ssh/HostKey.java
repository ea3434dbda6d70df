package io.bulkhead.console.serial.ssh;

import io.bulkhead.broker.access.PrivateFile;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.util.security.SecurityUtils;

/** The server's own Ed25519 key, made once, in OpenSSH's form and mode 0600. */
final class HostKey {
    private HostKey() {}

    /** Reads it, or makes it where there is none; a {@link Refusal} where neither can be done. */
    static KeyPair in(Path file) {
        try {
            if (!Files.exists(file)) {
                KeyPair made = KeyUtils.generateKeyPair("ssh-ed25519", 256);
                ByteArrayOutputStream text = new ByteArrayOutputStream();
                OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(made, "bulkhead", null, text);
                PrivateFile.replace(file, text.toByteArray());
            }
            return SecurityUtils.loadKeyPairIdentities(
                            null,
                            NamedResource.ofName(file.toString()),
                            new ByteArrayInputStream(Files.readAllBytes(file)),
                            FilePasswordProvider.EMPTY)
                    .iterator()
                    .next();
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw new Refusal(
                    Problem.of(
                            ProblemCode.FAILED,
                            "the SSH host key " + file + " cannot be used: " + e.getMessage(),
                            "move it away, and a new one is made, of which every client will warn"),
                    e);
        }
    }
}
