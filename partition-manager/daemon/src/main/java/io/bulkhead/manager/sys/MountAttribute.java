package io.bulkhead.manager.sys;

/** Attributes that mount_setattr(2) sets; idmapping is asked for by giving a user namespace. */
public enum MountAttribute {
    READ_ONLY,
    NO_SUID,
    NO_DEV,
    NO_EXEC
}
