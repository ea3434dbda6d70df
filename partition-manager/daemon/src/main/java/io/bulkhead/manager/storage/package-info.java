/**
 * The storage of partitions: volumes, disks that are handed in, and directories of the host that are shared.
 *
 * <pre>
 *   partitions/NAME/own.ext4            the volume with its own files, if it claims one
 *   partitions/NAME/before-volume/      the files that went onto it, until it has been used
 *   partitions/NAME/volumes/data.ext4   a further volume; stays when it is taken out of the definition
 *   partitions/NAME/disks               which disks were handed in, by what tells them from others
 * </pre>
 *
 * A volume is a preallocated file with an ext4 on it. While its partition runs, or is bound and was used before, one loop
 * device shows it, by direct I/O, and goes by itself with the last mount (LO_FLAGS_AUTOCLEAR). It is mounted on nothing: the
 * mount is handed to the boot as a descriptor, so that neither the host sees it nor a killed manager leaves it.
 *
 * <p>{@link io.bulkhead.manager.storage.StorageWall} is the entrance for {@code life}, {@link
 * io.bulkhead.manager.storage.StorageAdmission} for {@code admission}.
 */
@NullMarked
package io.bulkhead.manager.storage;

import org.jspecify.annotations.NullMarked;
