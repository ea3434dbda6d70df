package io.bulkhead.broker.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixRolesTest {
    private static final UnixRoles.RoleGroups GROUPS =
            new UnixRoles.RoleGroups(Set.of("bulkhead"), Set.of("ops"), Set.of("staff", "guests"));

    @TempDir
    Path directory;

    /** A user as the kernel would name it. */
    private record User(String getName) implements UserPrincipal {
        @Override
        public String getName() {
            return getName;
        }
    }

    private UnixRoles roles() throws IOException {
        Path file = Files.writeString(directory.resolve("group"), """
                root:x:0:
                bulkhead:x:990:alice
                ops:x:1001:bob,alice
                staff:x:50:bob,carol
                broken line
                """);
        return new UnixRoles(Set.of(new User("root")), GROUPS, new UnixGroups(file));
    }

    @Test
    void givesTheHighestRoleThatOneOfTheGroupsHas() throws IOException {
        assertThat(roles().of(new User("alice"), "alice")).contains(Role.ADMIN);
        assertThat(roles().of(new User("bob"), "bob")).contains(Role.OPERATOR);
        assertThat(roles().of(new User("carol"), "carol")).contains(Role.VIEWER);
        assertThat(roles().of(new User("dave"), "dave")).isEmpty();
    }

    @Test
    void countsTheGroupThatAUserCameWith() throws IOException {
        assertThat(roles().of(new User("dave"), "ops")).contains(Role.OPERATOR);
        assertThat(roles().of(new User("12345"), "guests")).contains(Role.VIEWER);
    }

    @Test
    void isAlwaysOpenToRoot() throws IOException {
        assertThat(roles().of(new User("root"), "nogroup")).contains(Role.ADMIN);
    }

    @Test
    void seesThatTheFileOfGroupsHasChanged() throws IOException {
        UnixRoles roles = roles();
        assertThat(roles.of(new User("dave"), "dave")).isEmpty();

        Path file = Files.writeString(directory.resolve("group"), "staff:x:50:dave\n");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));

        assertThat(roles.of(new User("dave"), "dave")).contains(Role.VIEWER);
    }

    @Test
    void takesNoRoleFromAFileThatIsNotThere() {
        UnixRoles roles = new UnixRoles(Set.of(), GROUPS, new UnixGroups(directory.resolve("nothing")));

        assertThat(roles.of(new User("alice"), "alice")).isEmpty();
    }

    @Test
    void coversWhatLowerRolesMay() {
        assertThat(Role.ADMIN.covers(Role.VIEWER)).isTrue();
        assertThat(Role.OPERATOR.covers(Role.OPERATOR)).isTrue();
        assertThat(Role.VIEWER.covers(Role.OPERATOR)).isFalse();
    }

    @Test
    void allowsSomeFailuresAMinuteAndAddress() {
        long[] now = {0};
        FailureLimiter limiter = new FailureLimiter(2, () -> now[0]);

        assertThat(limiter.failed("a")).isZero();
        assertThat(limiter.failed("a")).isZero();
        now[0] = 10_500;
        assertThat(limiter.failed("a")).isEqualTo(50);
        assertThat(limiter.failed("b")).isZero();
        now[0] = 60_000;
        assertThat(limiter.failed("a")).isZero();
    }
}
