package io.bulkhead.broker.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.bulkhead.broker.inventory.Inventory;
import io.bulkhead.broker.testing.InventorySamples;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.RecordCodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the API answers for an inventory is what its description says, member for member. */
class InventorySchemaTest {
    private static final Schema SCHEMA = schema();

    @Test
    void describesAFileWithOneOfEverything() {
        Json file = RecordCodec.encode(InventorySamples.file());

        assertThat(SCHEMA.validate(file.toString(), InputFormat.JSON)).isEmpty();
    }

    @Test
    void describesAMachineOfWhichLittleIsKnown() {
        Inventory bare = Inventory.of(InventorySamples.inventory().topology());

        Json file = RecordCodec.encode(InventorySamples.file(bare));

        assertThat(SCHEMA.validate(file.toString(), InputFormat.JSON)).isEmpty();
    }

    @Test
    void catchesAMemberThatIsNotDescribed() {
        Json.Obj file = RecordCodec.encode(InventorySamples.file());
        Json.Obj inventory = (Json.Obj) file.members().get("inventory");

        Json wrong = file.with("inventory", inventory.with("colour", Json.of("red")));

        assertThat(SCHEMA.validate(wrong.toString(), InputFormat.JSON)).hasSize(1);
    }

    @Test
    void describesEveryConstant() {
        assertThat(constants("BlockDevice", "kind")).isEqualTo(names(Inventory.BlockKind.values()));
        assertThat(constants("Nic", "carrier")).isEqualTo(names(Inventory.Carrier.values()));
        assertThat(constants("Inventory", "cgroups")).isEqualTo(names(Inventory.ControlGroups.values()));
        assertThat(texts("/components/schemas/Inventory/properties/abilities/items/properties/answer/enum"))
                .isEqualTo(names(Inventory.Answer.values()));
    }

    private static List<String> constants(String schema, String member) {
        return texts("/components/schemas/" + schema + "/properties/" + member + "/enum");
    }

    private static List<String> texts(String pointer) {
        return SCHEMA.getSchemaNode()
                .at(pointer)
                .valueStream()
                .map(each -> each.asString())
                .toList();
    }

    private static List<String> names(Enum<?>[] values) {
        return Arrays.stream(values).map(RecordCodec::constantName).toList();
    }

    private static Schema schema() {
        try (InputStream file =
                Objects.requireNonNull(InventorySchemaTest.class.getResourceAsStream("/api/openapi.yaml"))) {
            String description = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema("$ref: \"#/components/schemas/InventoryFile\"\n" + description, InputFormat.YAML);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
