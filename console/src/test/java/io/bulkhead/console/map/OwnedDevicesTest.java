package io.bulkhead.console.map;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.HostView;
import io.bulkhead.broker.inventory.InventoryFile;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.Limit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the host's map shows of volumes, and of devices that partitions have whole. */
class OwnedDevicesTest {
    private final LargeMachine machine = new LargeMachine(1, 1, 1, 4).holding("db", "1", "0", "1GiB");

    @Test
    void namesThePartitionThatAnInterfaceWentTo() {
        InventoryFile plain = machine.file();
        InventoryFile.Holding db = plain.holdings().get(0);
        InventoryFile file = new InventoryFile(
                plain.version(),
                plain.madeAtMillis(),
                plain.instance(),
                plain.inventory(),
                plain.reserve(),
                List.of(new InventoryFile.Holding(
                        db.name(),
                        db.slice()
                                .withNetwork(
                                        new NetworkSlice(Limit.unlimited(), Limit.unlimited(), Optional.of("eth1")))
                                .withStorage(new StorageSlice(Optional.empty(), List.of(), List.of("sdb"))),
                        db.wholeCores())));

        assertThat(new DeviceTables(file, 100).render(false)).isEqualTo("network interface eth1: in db\n");
        assertThat(new DeviceTables(plain, 100).render(false)).isEmpty();
    }

    @Test
    void drawsWhoseTheSpaceOfTheVolumesIs() {
        HostView view = machine.view();
        HostView storing = new HostView(
                view.host(),
                view.topology(),
                view.owners(),
                view.memory(),
                view.pool(),
                Optional.of(new HostView.Storage(
                        ByteSize.parse("40GiB"),
                        ByteSize.parse("10GiB"),
                        ByteSize.parse("20GiB"),
                        ByteSize.parse("10GiB"))));

        assertThat(new MemoryBars(storing, machine.file(), 100).render())
                .contains("volumes [############========================............]\n")
                .contains("host 10 GiB + partitions 20 GiB + free 10 GiB = 40 GiB");
        assertThat(new MemoryBars(view, machine.file(), 100).render()).doesNotContain("volumes");
    }
}
