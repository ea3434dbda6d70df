package io.bulkhead.console.cli;

import io.bulkhead.console.checks.Finding;
import io.bulkhead.console.checks.GenerationChecks;
import io.bulkhead.console.checks.HostChecks;
import io.bulkhead.console.checks.KeepingChecks;
import io.bulkhead.console.daemons.Health;
import io.bulkhead.console.daemons.Installation;
import io.bulkhead.console.text.Cell;
import io.bulkhead.console.text.Table;
import io.bulkhead.console.text.Tone;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.wire.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code bulkhead doctor}. */
@Command(
        name = "doctor",
        description = {
            "Checks whether Bulkhead can work on this host and whether anything is left over, with a remedy each.",
            "Works when nothing is up. Ends with 0 only if nothing is wrong."
        })
final class DoctorVerb extends Verb {
    DoctorVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    @Override
    public Integer call() {
        Installation installation =
                Installation.of(bulkhead().loadedSettings(), bulkhead().configFile());
        Health health = new Health(installation);
        boolean up = health.isUp() || health.manager().answers();
        List<Finding> findings = new ArrayList<>(new HostChecks(Path.of("/"), installation.settings()).all(up));
        health.host().ifPresent(host -> findings.addAll(KeepingChecks.of(host)));
        health.partitions().ifPresent(partitions -> findings.add(GenerationChecks.of(partitions)));
        if (bulkhead().wantsJson()) {
            bulkhead().printJson(json(findings));
        } else {
            Table table = new Table("CHECK", "VERDICT", "FOUND", "REMEDY");
            findings.forEach(each -> table.row(
                    Cell.of(each.what()),
                    verdict(each.verdict()),
                    Cell.of(each.found()),
                    Cell.of(each.remedy().orElse(""))));
            bulkhead().print(table.render(colour()));
        }
        boolean bad = findings.stream().anyMatch(each -> each.verdict() == Finding.Verdict.BAD);
        return bad ? ProblemCode.FAILED.exitCode() : DONE;
    }

    private static Cell verdict(Finding.Verdict verdict) {
        return switch (verdict) {
            case GOOD -> new Cell("good", Tone.GOOD);
            case WEAK -> new Cell("weak", Tone.WARN);
            case BAD -> new Cell("BAD", Tone.BAD);
        };
    }

    private static Json json(List<Finding> findings) {
        return new Json.Obj(Map.of(
                "checks",
                new Json.Array(findings.stream()
                        .map(each -> {
                            Map<String, Json> members = new LinkedHashMap<>();
                            members.put("check", Json.of(each.what()));
                            members.put("verdict", Json.of(each.verdict().name().toLowerCase(Locale.ROOT)));
                            members.put("found", Json.of(each.found()));
                            each.remedy().ifPresent(remedy -> members.put("remedy", Json.of(remedy)));
                            return (Json) new Json.Obj(members);
                        })
                        .toList())));
    }
}
