package io.bulkhead.manager.restraint;

import io.bulkhead.manager.sys.FilterCompiler;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Makes eight bytes of each rule, and counts how often it had to; knows every call but those that begin with "no". */
public final class FakeCompiler implements FilterCompiler {
    int compiled;

    @Override
    public Compiled compile(List<Rule> rules) {
        compiled++;
        byte[] program = new byte[Compiled.INSTRUCTION_BYTES * rules.size()];
        for (int i = 0; i < rules.size(); i++) {
            byte[] name = rules.get(i).call().getBytes(StandardCharsets.UTF_8);
            System.arraycopy(
                    Arrays.copyOf(name, Compiled.INSTRUCTION_BYTES), 0, program, Compiled.INSTRUCTION_BYTES * i, 8);
        }
        return new Compiled(
                program,
                rules.stream().map(Rule::call).filter(call -> !knows(call)).toList());
    }

    @Override
    public boolean knows(String name) {
        return !name.startsWith("no");
    }
}
