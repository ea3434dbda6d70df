package io.bulkhead.console.serial.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.SortedSet;

/**
 * Goes through all segments of a log: every record, every byte of output, and the chain of hashes. The log may be written
 * meanwhile; what the quota takes away meanwhile is no fault. Stops at the first fault.
 */
final class Verifier {
    private final Storage storage;
    private Optional<SegmentName> before = Optional.empty();
    private Optional<Hash> hash = Optional.empty();
    private boolean complete;
    private boolean isNewest;
    private String creation = "";
    private long firstSegment;
    private long segments;
    private long start;
    private long end;
    private long lost;

    private Verifier(Storage storage) {
        this.storage = storage;
    }

    static Verification verify(Storage storage) throws IOException {
        return new Verifier(storage).run();
    }

    private Verification run() throws IOException {
        Optional<String> fault = Optional.empty();
        SortedSet<SegmentName> names = SegmentName.in(storage.names());
        while (!names.isEmpty() && fault.isEmpty()) {
            SegmentName name = names.first();
            fault = verify(name);
            // One that was begun meanwhile is verified too.
            names = SegmentName.in(storage.names()).tailSet(name.next());
        }
        return new Verification(fault, segments, firstSegment, start, end, lost, hash.map(Hash::toString));
    }

    private Optional<String> verify(SegmentName name) throws IOException {
        try {
            Optional<SegmentFiles> found = SegmentFiles.open(storage, name);
            if (found.isEmpty()) {
                return isBegun(name) ? wrong(name.index(), 0, "the head is damaged") : Optional.empty();
            }
            try (SegmentFiles files = found.get()) {
                Optional<String> fault = head(files);
                return fault.isPresent() ? fault : records(files);
            }
        } catch (NoSuchFileException e) {
            boolean isOldest = before.isEmpty();
            return isOldest ? Optional.empty() : wrong(String.valueOf(e.getFile()), 0, "the file is missing");
        }
    }

    /** A segment without a whole head is just being begun only where it is the newest and has no output. */
    private boolean isBegun(SegmentName name) throws IOException {
        return storage.size(name.output()) > 0
                || storage.size(name.index()) >= SegmentHead.MOST_BYTES
                || !SegmentName.in(storage.names()).tailSet(name.next()).isEmpty();
    }

    private static Optional<String> wrong(String file, long place, String what) {
        return Optional.of(file + " at byte " + place + ": " + what);
    }

    private Optional<String> head(SegmentFiles files) {
        SegmentHead head = files.head();
        String file = files.name().index();
        if (before.isPresent()) {
            if (!before.get().next().equals(files.name())) {
                return wrong(file, 0, "segment " + before.get().next().number() + " before it is missing");
            } else if (!complete || hash.isEmpty()) {
                return wrong(before.get().index(), 0, "it is not complete, but another segment follows");
            } else if (!head.previous().equals(hash.get())) {
                return wrong(
                        file,
                        0,
                        "it follows a segment with the SHA-256 " + head.previous() + ", but "
                                + before.get().index() + " has " + hash.get());
            } else if (head.offset() != end) {
                return wrong(file, 0, "it begins at offset " + head.offset() + ", the segment before ended at " + end);
            } else if (!head.creation().equals(creation)) {
                return wrong(file, 0, "it is of another console than the segment before");
            }
        } else {
            firstSegment = files.name().number();
            start = head.offset();
            if (firstSegment == 1 && !head.previous().equals(Hash.NONE)) {
                return wrong(file, 0, "the first segment follows another one");
            }
        }
        creation = head.creation();
        before = Optional.of(files.name());
        complete = false;
        end = head.offset();
        segments++;
        return Optional.empty();
    }

    private Optional<String> records(SegmentFiles files) throws IOException {
        MessageDigest index = Hash.digest();
        MessageDigest output = Hash.digest();
        update(index, files, 0, files.head().size());
        long position = files.position();
        for (Optional<IndexRecord> next = next(files); next.isPresent(); next = next(files)) {
            IndexRecord record = next.get();
            if (record.isOutput()) {
                Optional<byte[]> bytes = files.output(record);
                if (bytes.isEmpty()) {
                    return wrong(
                            files.name().output(),
                            files.outputPosition() - record.length(),
                            "the output of offsets " + record.offset() + " to " + record.end()
                                    + " is not what was written");
                }
                output.update(bytes.get());
            } else if (record.isGap()) {
                lost += record.length();
            } else if (record.isSeal() && !new Hash(bytes(record.detail())).equals(new Hash(output.digest()))) {
                return wrong(files.name().output(), 0, "the output has another SHA-256 than the index says");
            }
            update(index, files, position, record.size());
            position = files.position();
            end = record.end();
        }
        return files.isSealed() ? sealed(files, new Hash(index.digest())) : open(files);
    }

    /** The next record; none where there is none although the segment is known to be complete or the newest. */
    private Optional<IndexRecord> next(SegmentFiles files) throws IOException {
        Optional<IndexRecord> next = files.next();
        if (next.isEmpty() && !files.isSealed()) {
            isNewest =
                    SegmentName.in(storage.names()).tailSet(files.name().next()).isEmpty();
            // Its writer may have ended it since it was looked at.
            next = files.next();
        }
        return next;
    }

    private Optional<String> sealed(SegmentFiles files, Hash found) throws IOException {
        hash = Optional.of(found);
        complete = true;
        if (files.indexSize() != files.position()) {
            return wrong(files.name().index(), files.position(), "something stands behind the segment's end");
        }
        return files.outputSize() == files.outputPosition()
                ? Optional.empty()
                : wrong(files.name().output(), files.outputPosition(), "something stands behind the segment's end");
    }

    /** The end of a segment that is not complete: the newest one, whose last record may be on its way. */
    private Optional<String> open(SegmentFiles files) throws IOException {
        String file = files.name().index();
        if (!isNewest) {
            return wrong(file, files.position(), "a record is damaged");
        }
        ByteBuffer size = ByteBuffer.allocate(2);
        files.readIndex(size, files.position());
        long left = files.indexSize() - files.position();
        int said = size.hasRemaining() ? 0 : Short.toUnsignedInt(size.getShort(0));
        boolean isOnItsWay =
                left < 2 || said >= IndexRecord.LEAST_BYTES && said <= IndexRecord.MOST_BYTES && said > left;
        return isOnItsWay || files.next().isPresent()
                ? Optional.empty()
                : wrong(file, files.position(), "a record is damaged");
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static void update(MessageDigest digest, SegmentFiles files, long from, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        files.readIndex(bytes, from);
        digest.update(bytes.array());
    }
}
