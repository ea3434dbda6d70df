package io.bulkhead.console.serial.ssh;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.broker.access.FailureLimiter;
import io.bulkhead.broker.access.SshKey;
import io.bulkhead.broker.access.SshKeyStore;
import io.bulkhead.contract.order.ProblemCode;
import java.io.IOException;
import java.security.PublicKey;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.server.auth.pubkey.PublickeyAuthenticator;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKey;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.server.session.ServerSession;

/**
 * Who comes in: whoever proves to have a key that is known, so many at once. Failures are counted, an unknown key and a
 * wrong signature alike: whose address has too many is disconnected, and so is whoever comes for a user's name that has too
 * many, from wherever. Neither holds for a known key. For MINA's threads.
 */
final class KeyGate implements PublickeyAuthenticator, SessionListener {
    /** Failures of one address in a minute. */
    static final int MOST_OF_ADDRESS = 20;

    /** Failures for one user's name in a minute, from all addresses. */
    static final int MOST_OF_USER = 40;

    /** What of a user's name is told apart. */
    private static final int NAME_CHARACTERS = 64;

    /** How many may be in at once. */
    static final int MOST_INSIDE = 128;

    private static final AttributeKey<SshKey> KEY = new AttributeKey<>();

    /** The fingerprint of a key that was refused. */
    private static final AttributeKey<String> REFUSED = new AttributeKey<>();

    private final SshKeyStore keys;
    private final SshAudit audit;
    private final FailureLimiter addresses = limiter(MOST_OF_ADDRESS);
    private final FailureLimiter users = limiter(MOST_OF_USER);
    private final Set<Session> inside = new HashSet<>();

    KeyGate(SshKeyStore keys, SshAudit audit) {
        this.keys = keys;
        this.audit = audit;
    }

    private static FailureLimiter limiter(int mostPerMinute) {
        return new FailureLimiter(mostPerMinute, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    }

    /** By which key somebody is in. */
    static Optional<SshKey> keyOf(Session session) {
        return Optional.ofNullable(session.getAttribute(KEY));
    }

    /** From where somebody is in. */
    static String place(Session session) {
        return session.getRemoteAddress().toString().replaceFirst("^/", "");
    }

    /** How keys are proven. */
    UserAuthPublicKeyFactory proofs() {
        return new UserAuthPublicKeyFactory() {
            @Override
            public UserAuthPublicKey createUserAuth(ServerSession session) {
                return new Proof(getSignatureFactories());
            }
        };
    }

    @Override
    public boolean authenticate(String user, PublicKey key, ServerSession session) {
        ByteArrayBuffer blob = new ByteArrayBuffer();
        blob.putRawPublicKey(key);
        Optional<SshKey> known = keys.find(blob.getCompactData());
        if (known.isPresent()) {
            session.setAttribute(KEY, known.get());
            return true;
        }
        failed(user, key, session);
        return false;
    }

    private void failed(String user, PublicKey key, ServerSession session) {
        long ofAddress = addresses.failed(Strangers.address(session.getClientAddress()));
        if (ofAddress > 0) {
            sendAway(session, "too many wrong keys came from this address; try again in " + ofAddress + " s");
            return;
        }
        session.setAttribute(REFUSED, KeyUtils.getFingerPrint(key));
        long ofUser = users.failed(user.substring(0, Math.min(user.length(), NAME_CHARACTERS)));
        if (ofUser > 0) {
            sendAway(
                    session,
                    "too many wrong keys came for this name; offer the right one first, or try again in " + ofUser
                            + " s");
        }
    }

    private static void sendAway(Session session, String why) {
        try {
            session.disconnect(SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE, why);
        } catch (IOException e) {
            session.close(true);
        }
    }

    private final class Proof extends UserAuthPublicKey {
        Proof(List<NamedFactory<Signature>> factories) {
            super(factories);
        }

        @Override
        protected boolean verifySignature(
                ServerSession session,
                String user,
                String algorithm,
                PublicKey key,
                Buffer buffer,
                Signature verifier,
                byte[] signature)
                throws Exception {
            boolean well = false;
            try {
                well = super.verifySignature(session, user, algorithm, key, buffer, verifier, signature);
                return well;
            } finally {
                if (!well) {
                    failed(user, key, session);
                }
            }
        }
    }

    // ---- comings and goings, written down: of a connection once, of one address no more than failures are allowed

    @Override
    public void sessionEvent(Session session, Event event) {
        Optional<SshKey> key = keyOf(session);
        if (event == Event.Authenticated && key.isPresent()) {
            session.removeAttribute(REFUSED);
            boolean may = letIn(session);
            note(
                    key.get().caller(place(session)),
                    key.get().id(),
                    may ? Optional.empty() : Optional.of(ProblemCode.TOO_MANY_REQUESTS));
            if (!may) {
                sendAway(session, MOST_INSIDE + " are connected already");
            }
        }
    }

    private synchronized boolean letIn(Session session) {
        return inside.size() < MOST_INSIDE && inside.add(session);
    }

    @Override
    public void sessionClosed(Session session) {
        synchronized (this) {
            inside.remove(session);
        }
        String fingerprint = session.getAttribute(REFUSED);
        if (fingerprint != null) {
            note(
                    Caller.anonymous(Caller.Transport.SSH, place(session)),
                    fingerprint,
                    Optional.of(ProblemCode.NOT_PERMITTED));
        }
    }

    private void note(Caller caller, String subject, Optional<ProblemCode> problem) {
        audit.note(caller, "ssh-login", Optional.of(subject), problem);
    }
}
