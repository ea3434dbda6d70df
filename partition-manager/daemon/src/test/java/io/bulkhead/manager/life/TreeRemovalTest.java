package io.bulkhead.manager.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.manager.generation.TreeRemoval;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeRemovalTest {
    @TempDir
    private Path directory;

    @Test
    void removesWhatIsDeepAndWideAndLeavesWhatLinksPointTo() throws IOException {
        Path kept = Files.writeString(directory.resolve("kept"), "the host's");
        Path tree = Files.createDirectory(directory.resolve("tree"));
        Path deep = tree;
        for (int i = 0; i < 50; i++) {
            deep = Files.createDirectory(deep.resolve("d"));
        }
        for (int i = 0; i < 3000; i++) {
            Files.createFile(deep.resolve("f" + i));
            Files.createDirectory(tree.resolve("e" + i));
        }
        Files.createSymbolicLink(deep.resolve("file"), kept);
        Files.createSymbolicLink(tree.resolve("directory"), directory);

        TreeRemoval.remove(tree);

        assertThat(tree).doesNotExist();
        assertThat(kept).hasContent("the host's");
    }

    @Test
    void removesOnlyWhatIsHalfMadeWhenItRecovers() throws IOException {
        PartitionDirectories directories =
                new PartitionDirectories(directory, (target, name, hash) -> "g-000000000000");
        Path stranger = Files.createDirectory(directory.resolve("stranger"));
        Path own = Files.createDirectory(directory.resolve("db"));
        Path halfDeleted = Files.createDirectories(directory.resolve(".old.deleting/etc"));

        var strangers = directories.recover(Set.of(new PartitionName("db")));

        assertThat(strangers).containsExactly(stranger);
        assertThat(own).exists();
        assertThat(halfDeleted.getParent()).doesNotExist();
    }
}
