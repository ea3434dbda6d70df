package io.bulkhead.console.cli;

import io.bulkhead.broker.definition.DefinitionKey;
import io.bulkhead.settings.SettingKey;
import java.util.List;

/** The pages of section 5: what stands in files, from the tables of keys that they are read by. */
final class FilePages {
    private static final String EXAMPLE = """
            profiles:
              small:
                cpus: 0.25
                memory: 128MiB
                io: {read: 40MiB/s, write: 20MiB/s}
            partitions:
              queue:
                from: small
                autostart: {order: 10}
              worker:
                from: small
                memory: 256MiB
                io: {write: null}
                autostart: true
            """;

    private final String version;

    FilePages(String version) {
        this.version = version;
    }

    List<ManualPage> all() {
        return List.of(settings(), definitions());
    }

    private ManualPage settings() {
        ManualPage page = new ManualPage("bulkhead.conf", 5, version, "settings of Bulkhead");
        page.heading("DESCRIPTION")
                .paragraph(
                        "Read by the manager, the control plane and the command line. Lines of key = value below a [section];"
                                + " comments, with #, on lines of their own. What is unknown, written twice or out of range is an error,"
                                + " and all errors are reported at once.")
                .paragraph(
                        "From strong to weak: --override section.key=value, the variable BULKHEAD_SECTION_KEY, the file, the"
                                + " default. 'bulkhead config explain' says which one it was.");
        String section = "";
        for (SettingKey<?> key : SettingKey.ALL) {
            if (!key.section().equals(section)) {
                section = key.section();
                page.heading("[" + section + "]");
            }
            page.item(key.key(), key.documentation())
                    .more("Allowed: " + key.allowed() + ". Default: " + key.defaultText() + ".");
        }
        return page.heading("SEE ALSO").paragraph("bulkhead(1), bulkhead-config(1), bulkhead-partitions(5)");
    }

    private ManualPage definitions() {
        ManualPage page = new ManualPage("bulkhead-partitions", 5, version, "definitions of Bulkhead's partitions");
        page.heading("DESCRIPTION")
                .paragraph(
                        "YAML, *.yaml, in /etc/bulkhead/partitions or elsewhere; 'bulkhead apply' makes it so. At the top stands"
                                + " 'partitions:', with a block of keys for each partition by its name, and, where a file has profiles of"
                                + " its own, 'profiles:'.")
                .paragraph(
                        "Read strictly: units are required, a key stands once, and there are no anchors, aliases, merge keys or"
                                + " tags. All errors are reported at once, each with file, line, column and key.");
        page.heading("KEYS");
        for (DefinitionKey key : DefinitionKey.ALL) {
            page.item(key.path(), key.documentation())
                    .more("Allowed: " + key.allowed() + ". Default: " + key.defaultText() + ".");
        }
        page.heading("PROFILES")
                .paragraph(
                        "'from: NAME' takes what is not said from a profile: one of the same file, or else one of the files"
                                + " in /etc/bulkhead/profiles, the directory 'profiles' beside instance.definitions_dir. A profile may"
                                + " itself take from one other.")
                .paragraph(
                        "What stands nearer wins. Blocks merge key by key; one value or a list takes the place of what was"
                                + " there; null takes a key away, so that its default holds. 'bulkhead config explain KEY -f FILE NAME'"
                                + " says which layer it was.");
        page.heading("STARTING WITH THE MANAGER")
                .paragraph(
                        "Partitions with autostart are started in turns, lower numbers first: those of one turn together, those"
                                + " of the next when each of them has been let run or has failed to. All partitions that hold a slice"
                                + " have room at the same time, so all of them can start. One that has released its slice is not"
                                + " started, which is an event, until 'bulkhead bind' has taken one again.");
        page.heading("EXAMPLE").verbatim(EXAMPLE);
        return page.heading("SEE ALSO")
                .paragraph("bulkhead(1), bulkhead-apply(1), bulkhead-config(1), bulkhead.conf(5)");
    }
}
