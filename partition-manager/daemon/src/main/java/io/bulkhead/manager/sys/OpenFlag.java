package io.bulkhead.manager.sys;

/** How a file is opened; open(2). Reading alone where no access is named; always close-on-exec. */
public enum OpenFlag {
    WRITE_ONLY,
    READ_WRITE,
    NON_BLOCKING,
    NO_CONTROLLING_TTY,
    DIRECTORY,
    NO_FOLLOW,
    /** Only a reference to the place; O_PATH. */
    PATH,
    CREATE,
    TRUNCATE,
    /** Of a block device: EBUSY while it is mounted or otherwise claimed; O_EXCL. */
    EXCLUSIVE
}
