package io.bulkhead.console.cli;

import io.bulkhead.console.client.ApiClient;
import io.bulkhead.console.text.Tone;
import io.bulkhead.console.text.Words;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.partition.Certificate;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.wire.Json;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bulkhead verify}. */
@Command(
        name = "verify",
        description = {
            "Reads every promise back from the kernel now. Ends with 0 only if all hold, with 10 if one does not.",
            "Without a name: every partition that holds a slice."
        })
final class VerifyVerb extends Verb {
    @Parameters(arity = "0..*", paramLabel = "NAME", description = "which partitions")
    private List<String> names = new ArrayList<>();

    VerifyVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    @Override
    public Integer call() {
        Partitions partitions = new Partitions(api());
        List<PartitionName> chosen = names.isEmpty()
                ? partitions.list().stream()
                        .filter(each -> each.state() != State.DEFINED)
                        .map(PartitionStatus::name)
                        .toList()
                : names.stream().map(PartitionName::parse).distinct().toList();
        if (chosen.isEmpty()) {
            bulkhead().remark("no partition holds a slice, so there is nothing promised");
        }
        boolean held = true;
        String separator = "";
        for (PartitionName name : chosen) {
            Json answer = partitions.guessing(name, () -> api().get(Partitions.path(name, "certificate")));
            Certificate certificate = ApiClient.decode(Certificate.class, answer);
            held &= certificate.held();
            if (bulkhead().wantsJson()) {
                bulkhead().printJson(answer);
            } else {
                bulkhead().print(separator + text(certificate));
                separator = "\n";
            }
        }
        return held ? DONE : ProblemCode.PROMISE_BROKEN.exitCode();
    }

    private String text(Certificate certificate) {
        long broken = certificate.promises().stream()
                .filter(promise -> !promise.held())
                .count();
        String verdict = certificate.held()
                ? Tone.GOOD.paint("every promise holds", colour())
                : Tone.BAD.paint(broken + " of " + certificate.promises().size() + " promises broken", colour());
        StringBuilder out = new StringBuilder()
                .append(certificate.partition())
                .append(": ")
                .append(verdict)
                .append(" (read at ")
                .append(Words.fineTime(certificate.timeMillis(), ZoneId.systemDefault()))
                .append(")\n")
                .append(ShowVerb.promises(certificate.promises()).fold(colour(), width()));
        certificate.promises().stream()
                .filter(promise -> !promise.held())
                .map(Promise::evidence)
                .forEach(file -> out.append("read from ").append(file).append('\n'));
        return out.toString();
    }
}
