package io.bulkhead.manager.sys;

/** Which part of the kernel a netlink(7) request goes to. */
public enum NetlinkFamily {
    /** Interfaces, addresses, routes and queueing; rtnetlink(7). */
    ROUTE,
    /** Packet filters; linux/netfilter/nfnetlink.h. */
    NETFILTER
}
