package io.bulkhead.manager;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

class TrainingTest {
    @Test
    void loadsWhatAManagerNeedsWithoutStartingOne() {
        assertThatCode(Training::run).doesNotThrowAnyException();
    }
}
