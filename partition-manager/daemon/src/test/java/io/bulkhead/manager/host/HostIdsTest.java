package io.bulkhead.manager.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.partition.UidRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostIdsTest {
    private static final UidRange RANGE = new UidRange(655_360);

    @TempDir
    Path etc;

    @Test
    void findsWhoMayMapIdsOfARange() throws IOException {
        Files.writeString(etc.resolve("subuid"), "# ours\njoe:589824:65536\nann:655359:2\n");

        assertThat(ids().holderIn(RANGE)).contains("/etc/subuid gives the ids from 655359 to 655360 to ann");
    }

    @Test
    void countsTheLastIdOfAnEntryAndNotTheNext() throws IOException {
        Files.writeString(etc.resolve("subgid"), "joe:589824:65536\nann:720896:65536\n");
        assertThat(ids().holderIn(RANGE)).isEmpty();

        Files.writeString(etc.resolve("subgid"), "joe:589824:65537\n");
        assertThat(ids().holderIn(RANGE)).contains("/etc/subgid gives the ids from 589824 to 655360 to joe");
    }

    @Test
    void findsUsersAndGroupsWithHighIds() throws IOException {
        Files.writeString(etc.resolve("passwd"), "root:x:0:0::/root:/bin/sh\nld:x:655777:1::/:/bin/sh\n");
        assertThat(ids().holderIn(RANGE)).contains("/etc/passwd has the user ld with the id 655777");

        Files.writeString(etc.resolve("passwd"), "");
        Files.writeString(etc.resolve("group"), "wide:x:720895:\n");
        assertThat(ids().holderIn(RANGE)).contains("/etc/group has the group wide with the id 720895");
    }

    @Test
    void leavesOutWhatIsEnteredForItselfAndWhatIsNoEntry() throws IOException {
        Files.writeString(etc.resolve("subuid"), "bulkhead:655360:65536\njoe\njoe:x:y\n+::\n\n");

        assertThat(ids().holderIn(RANGE)).isEmpty();
    }

    @Test
    void seesWhatAnAdministratorChangesMeanwhile() throws IOException {
        HostIds ids = ids();
        assertThat(ids.holderIn(RANGE)).isEmpty();

        Files.writeString(etc.resolve("subuid"), "ann:655359:2\n");
        assertThat(ids.holderIn(RANGE)).isPresent();
        assertThat(ids.holderIn(RANGE)).isPresent();

        Files.writeString(etc.resolve("subuid"), "ann:155359:2\n");
        assertThat(ids.holderIn(RANGE)).isEmpty();
        Files.delete(etc.resolve("subuid"));
        assertThat(ids.holderIn(RANGE)).isEmpty();
    }

    private HostIds ids() {
        return new HostIds(etc, "bulkhead");
    }
}
