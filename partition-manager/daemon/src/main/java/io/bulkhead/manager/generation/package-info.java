/**
 * Generations: immutable, content-named copies of the host's {@code /etc} and of a skeleton of its {@code /var}, on which
 * partitions build.
 *
 * <p>A partition is a sparse root: {@code /usr} is the host's own, but {@code /etc}, {@code /var}, {@code /home},
 * {@code /root} and {@code /srv} are private directories with natural owner ids (root is 0), mounted idmapped later. This
 * package makes those directories, and it is the wall that keeps the host's identity and secrets out of them:
 *
 * <pre>
 *   host /etc, /var ──GenerationRules──▶ generation g-xxxxxxxxxxxx ──PartitionIdentity──▶ etc var home root srv
 *                    what may pass          captured once                materialised per partition
 * </pre>
 *
 * {@link io.bulkhead.manager.generation.GenerationStore} is the only entrance. {@code GenerationRules}, {@code EtcTable},
 * {@code ServiceSecrets}, {@code VarRules}, {@code SecretContent} and {@code Accounts} are pure: what to review when asking what may pass.
 *
 * <p>What of the host's is walked here as root is walked as {@code HostCapture} says: directories held open, openat(2)
 * without following links. What a partition has made is never read here, only removed ({@link
 * io.bulkhead.manager.generation.TreeRemoval}); reading it is {@code manager.rebase}'s, whose description has the list of
 * all such paths.
 *
 * <p>Only the manager's partition life cycle and {@code manager.rebase} use this package; it uses the JDK, the contract and
 * SLF4J and nothing else of the manager. A store has one owner, its methods may be called from any thread and exclude each other; they block on the
 * disk, so never call them from an event thread.
 */
@NullMarked
package io.bulkhead.manager.generation;

import org.jspecify.annotations.NullMarked;
