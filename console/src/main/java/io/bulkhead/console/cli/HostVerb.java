package io.bulkhead.console.cli;

import io.bulkhead.broker.HostView;
import io.bulkhead.broker.inventory.InventoryFile;
import io.bulkhead.broker.inventory.InventoryFiles;
import io.bulkhead.console.client.ApiClient;
import io.bulkhead.contract.wire.Json;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bulkhead host}. */
@Command(
        name = "host",
        description = {
            "Shows the hardware: what there is, who has it, what is free, and what this kernel can enforce.",
            "'bulkhead host export' writes it to a file that plans can be made with on another machine."
        },
        subcommands = HostVerb.Export.class,
        synopsisSubcommandLabel = "[export]",
        footer = {
            "",
            "Cores beside each other with one owner are one line; where that is too many lines, so are caches, nodes and",
            "packages that one owner has whole. CORES 8 x 2 are eight with two threads each. In the bars # is the host's,",
            "= the partitions', . free, and - may be taken by partitions whose memory lies on several nodes. 'buffered writes",
            "pass' says that limits on writing to that file system hold for direct and synced ones only."
        })
final class HostVerb extends Verb {
    static final String PATH = "/v1/host";
    static final String INVENTORY_PATH = "/v1/host/inventory";

    HostVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    @Override
    public Integer call() {
        Json answer = api().get(PATH);
        if (bulkhead().wantsJson()) {
            bulkhead().printJson(answer);
        } else {
            HostView view = ApiClient.decode(HostView.class, answer);
            InventoryFile file = api().get(INVENTORY_PATH, InventoryFile.class);
            bulkhead().print(new HostMap(view, file, colour(), width()).toString());
        }
        return DONE;
    }

    /** {@code bulkhead host export}. */
    @Command(
            name = "export",
            description = {
                "Writes the hardware, the host's reserve and who holds what to a file.",
                "'bulkhead plan --inventory FILE' makes plans with it on any machine, without a control plane. It has no"
                        + " addresses and no serial numbers in it; the names of partitions are."
            })
    static final class Export extends Verb {
        private static final String STANDARD_OUTPUT = "-";

        @Parameters(
                arity = "0..1",
                paramLabel = "FILE",
                description = "where to; - or nothing is standard output. It is written whole or not at all.")
        private String file = STANDARD_OUTPUT;

        @Option(names = "--force", description = "replace a file that is there already")
        private boolean force;

        Export(Bulkhead bulkhead) {
            super(bulkhead);
        }

        @Override
        public Integer call() {
            Json answer = api().get(INVENTORY_PATH);
            // What this program cannot read itself is not handed on.
            ApiClient.decode(InventoryFile.class, answer);
            String text = InventoryFiles.text(answer);
            if (file.equals(STANDARD_OUTPUT)) {
                bulkhead().print(text);
            } else {
                InventoryFiles.write(Path.of(file), text, force);
                bulkhead().remark("the inventory is in " + file);
            }
            return DONE;
        }
    }
}
