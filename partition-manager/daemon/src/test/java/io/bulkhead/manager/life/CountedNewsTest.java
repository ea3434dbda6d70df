package io.bulkhead.manager.life;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CountedNewsTest {
    private final CountedNews news = new CountedNews(1000);

    @Test
    void tellsTheFirstAtOnceAndTheRestTogether() {
        assertThat(news.news(0, 5)).isZero();
        assertThat(news.news(2, 10)).isEqualTo(2);
        assertThat(news.news(7, 900)).isZero();
        assertThat(news.news(9, 1009)).isZero();
        assertThat(news.news(9, 1010)).isEqualTo(7);
        assertThat(news.news(9, 5000)).isZero();
        assertThat(news.news(10, 5001)).isEqualTo(1);
    }

    @Test
    void tellsAllThatIsLeftWhenAskedTo() {
        assertThat(news.news(2, 10)).isEqualTo(2);
        assertThat(news.rest(5, 11)).isEqualTo(3);
        assertThat(news.rest(5, 12)).isZero();
    }

    @Test
    void countsAgainFromZeroWhereTheGroupWasMadeAnew() {
        news.startAt(100);

        assertThat(news.news(100, 10)).isZero();
        assertThat(news.news(3, 11)).isEqualTo(3);
        assertThat(news.rest(1, 12)).isEqualTo(1);
    }

    @Test
    void isNotSilencedByAClockThatIsSetBack() {
        assertThat(news.news(1, 1_000_000)).isEqualTo(1);

        assertThat(news.news(2, 10)).isEqualTo(1);
    }
}
