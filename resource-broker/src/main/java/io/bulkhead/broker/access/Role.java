package io.bulkhead.broker.access;

/** What a caller may do; each role may do all that those before it may. */
public enum Role {
    /** Looks at everything but the audit trail and the tokens, and views consoles. */
    VIEWER,
    /** Also lets partitions run and stops them, types on their consoles and runs commands in them. */
    OPERATOR,
    /** Also decides who gets which hardware, and who may do what. */
    ADMIN;

    /** Whether somebody with this role may do what needs the other one. */
    public boolean covers(Role needed) {
        return compareTo(needed) >= 0;
    }
}
