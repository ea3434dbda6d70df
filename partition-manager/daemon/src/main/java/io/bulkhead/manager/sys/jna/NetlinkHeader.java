package io.bulkhead.manager.sys.jna;

/** Constants of linux/netlink.h and sys/socket.h. */
final class NetlinkHeader {
    static final int AF_NETLINK = 16;
    static final int SOCK_RAW = 3;
    static final int NETLINK_ROUTE = 0;
    static final int NETLINK_NETFILTER = 12;
    static final int NLM_F_MULTI = 2;
    static final int NLMSG_DONE = 3;

    private NetlinkHeader() {}
}
