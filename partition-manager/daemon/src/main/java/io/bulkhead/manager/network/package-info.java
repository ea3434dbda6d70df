/**
 * The network slice: a bridge per instance, one link per partition with its rates, the packet filter that keeps every
 * partition at its address and away from the others, and interfaces of the host that are lent whole.
 *
 * <pre>
 *   partition                     host
 *   eth0 ───────────────────── bhTTTTTTvNNNN ── bh-INSTANCE (the first address of the subnet) ── uplink
 *                               │ tbf: in        tables bridge and ip bulkhead-INSTANCE
 *                               └ ingress ──▶ bhTTTTTTiNNNN
 *                                               tbf: out
 * </pre>
 *
 * {@link io.bulkhead.manager.network.NetworkWall} is what {@code life} calls. What is to be is computed in pure classes
 * ({@code RuleSet}, {@code LinkCommands}, {@code Shaping}, {@code NetworkNames}), done by iproute2 and nftables through
 * {@link io.bulkhead.manager.network.NetworkTools}, and read back by netlink(7). Only the manager's start knows this
 * package.
 */
@NullMarked
package io.bulkhead.manager.network;

import org.jspecify.annotations.NullMarked;
