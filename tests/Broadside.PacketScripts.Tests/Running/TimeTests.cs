namespace Broadside.PacketScripts.Tests.Running;

public sealed class TimeTests : RunnerTest
{
    private const string Sent = "> . 1:1(0) ack 1";

    [Theory]
    [InlineData("+.2", 0.3, "ok")]
    [InlineData("+.2", 0.2751, "ok")]
    [InlineData("+.2", 0.324, "ok")]
    [InlineData("+.2", 0.2749, "got it at 0.2749 s")]
    [InlineData("+.2", 0.326, "got nothing up to 0.325 s")]
    [InlineData("+.004", 0.1079, "ok")]
    [InlineData("+.004", 0.1081, "got nothing up to 0.108 s")]
    [InlineData("0.3", 0.3, "ok")]
    [InlineData("0.2~0.3", 0.25, "ok")]
    [InlineData("0.2~0.3", 0.15, "got it at 0.15 s")]
    [InlineData("+.1~+.2", 0.31, "ok")]
    [InlineData("+.1~+.2", 0.4, "got nothing")]
    [InlineData("*", 3000, "ok")]
    public void A_packet_has_to_come_in_time(string time, double sentAt, string outcome) =>
        Assert.Contains(outcome, RunConnected($"{time} {Sent}", stack => stack.SendAt(sentAt, Sent)), StringComparison.Ordinal);

    [Fact]
    public void The_tolerance_is_an_option() =>
        Assert.Equal("ok", Run("--tolerance_usecs=100000\n0 < S 0:0(0) win 1\n+0 > S. 0:0(0) ack 1", stack => stack.SendAt(0.09, "> S. 0:0(0) ack 1")));

    [Fact]
    public void The_tolerance_grows_with_the_wait_as_an_option_says() =>
        Assert.Contains("got nothing up to 1.01 s", Run(
            $"--tolerance_percent=1\n0 < S 0:0(0) win 1\n+1 {Sent}", stack => stack.SendAt(1.02, Sent)), StringComparison.Ordinal);

    [Fact]
    public void Relative_times_count_from_when_the_packet_before_came() =>
        Assert.Equal("ok", RunConnected($"+.2 {Sent}\n+.2 {Sent}\n", stack =>
        {
            stack.SendAt(0.29, Sent);
            stack.SendAt(0.49, Sent);
        }));

    [Fact]
    public void An_inbound_packet_waits_for_its_time()
    {
        Assert.Equal("ok", RunConnected("+.25 < . 1:1(0) ack 1 win 5\n1 < . 1:1(0) ack 1 win 5"));
        Assert.Equal([0, 0.1, 0.35, 1], Stack!.Injected.Select(packet => packet.Time.TotalSeconds));
    }

    [Fact]
    public void Time_does_not_run_backwards() =>
        Assert.Equal("Failed: line 8: expected to inject at 0.05 s, got there at 0.1 s", RunConnected("0.05 < . 1:1(0) ack 1 win 5"));
}
