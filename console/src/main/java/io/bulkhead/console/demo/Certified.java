package io.bulkhead.console.demo;

import io.bulkhead.console.client.ApiClient;
import io.bulkhead.console.text.Words;
import io.bulkhead.contract.partition.Certificate;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.Strength;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the manager says of partitions: how they are, and what the kernel says of each promise at this moment. */
final class Certified {
    private final ApiClient api;

    Certified(ApiClient api) {
        this.api = api;
    }

    PartitionStatus status(PartitionName name) {
        return api.get("/v1/partitions/" + name, PartitionStatus.class);
    }

    Slice slice(PartitionName name) {
        return status(name).slice().orElseThrow(() -> new IllegalStateException(name + " holds no slice"));
    }

    /** Every promise is read back for this. */
    Certificate certificate(PartitionName name) {
        return api.get("/v1/partitions/" + name + "/certificate", Certificate.class);
    }

    Optional<Promise> promise(PartitionName name, Resource resource) {
        return certificate(name).promises().stream()
                .filter(promise -> promise.resource() == resource)
                .findFirst();
    }

    Judge.Evidence evidence(PartitionName name, Resource resource) {
        List<Promise> promises = certificate(name).promises().stream()
                .filter(promise -> promise.resource() == resource)
                .toList();
        return promises.isEmpty()
                ? new Judge.Evidence("no such promise", Strength.CAPPED, false)
                : new Judge.Evidence(
                        promises.get(0).readBack(),
                        promises.get(0).strength(),
                        promises.stream().allMatch(Promise::held));
    }

    /** A line for each partition: what {@code bulkhead verify} says. */
    List<Line> lines(List<PartitionName> names) {
        return names.stream().map(name -> line(certificate(name))).toList();
    }

    /** Pure: how many promises hold, and how strongly. */
    static Line line(Certificate certificate) {
        long held = certificate.promises().stream().filter(Promise::held).count();
        String broken = certificate.promises().stream()
                .filter(promise -> !promise.held())
                .map(promise -> Words.constant(promise.resource()))
                .collect(Collectors.joining(", "));
        String strengths = Arrays.stream(Strength.values())
                .map(strength -> count(certificate, strength))
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(", "));
        return new Line(
                certificate.partition() + " certificate",
                certificate.promises().size() + " promises",
                held + " read back as promised" + (broken.isEmpty() ? "" : ", not: " + broken),
                strengths,
                certificate.held() && held == certificate.promises().size() && held > 0);
    }

    private static String count(Certificate certificate, Strength strength) {
        long count = certificate.promises().stream()
                .filter(promise -> promise.strength() == strength)
                .count();
        return count == 0 ? "" : count + " " + Words.constant(strength);
    }
}
