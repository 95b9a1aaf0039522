namespace Broadside.NetStack.Tests.Wire;

public sealed class TcpOptionTests
{
    private static readonly TcpOptions Mss = new() { MaximumSegmentSize = 1460 };

    [Theory]
    [InlineData("020405b40000ffff")]
    [InlineData("0101020405b40101")]
    [InlineData("220a0001020304050607020405b4")]
    [InlineData("fe02fd03ff020405b4")]
    [InlineData("0203ff03040404020405b4")]
    [InlineData("0204000001020405b4")]
    public void Unknown_options_and_known_ones_of_another_length_are_passed_over(string options) =>
        Assert.Equal(Mss, Parse(options, isSyn: true));

    [Theory]
    [InlineData("020405b40300")]
    [InlineData("020405b40301")]
    [InlineData("020405b403")]
    [InlineData("020405b40304")]
    [InlineData("020405b4080affffffff")]
    [InlineData("020405b4220003030704020402")]
    public void Options_are_ignored_from_an_impossible_length_on(string options)
    {
        Assert.Equal(Mss, Parse(options, isSyn: true));
        var reader = new TcpOptionReader(Convert.FromHexString(options));
        while (reader.TryRead(out _))
        {
        }

        Assert.True(reader.IsMalformed);
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void Options_of_a_handshake_are_read_in_a_handshake_only()
    {
        const string Options = "020405b4030307040208 0a00000001000000020512000000010000000200000003000000040000";
        var bytes = Options.Replace(" ", string.Empty, StringComparison.Ordinal);
        Assert.Equal(
            new() { MaximumSegmentSize = 1460, WindowScale = 7, SackPermitted = true, Timestamps = new(1, 2) }, Parse(bytes, isSyn: true));
        Assert.Equal(
            new() { Timestamps = new(1, 2), SackBlocks = new([new(new(1), new(2)), new(new(3), new(4))]) }, Parse(bytes, isSyn: false));
    }

    [Theory]
    [InlineData("03030e", 14)]
    [InlineData("03030f", 14)]
    [InlineData("0303ff", 14)]
    [InlineData("030300", 0)]
    public void A_shift_is_fourteen_at_most(string options, int expected) =>
        Assert.Equal((byte)expected, Parse(options, isSyn: true).WindowScale);

    [Theory]
    [InlineData("0502")]
    [InlineData("05090000000100000002")]
    [InlineData("050b000000010000000200")]
    public void A_sack_option_without_whole_blocks_is_passed_over(string options) =>
        Assert.Equal(0, Parse(options, isSyn: false).SackBlocks.Count);

    [Fact]
    public void More_blocks_than_fit_are_not_emitted()
    {
        var blocks = Enumerable.Range(0, 9).Select(index => new SackBlock(new((uint)index), new((uint)index + 1))).ToArray();
        var options = new TcpOptions { SackBlocks = new(blocks) };
        Assert.Equal(36, options.Length(isSyn: false));
        Assert.Equal(40, (options with { Timestamps = new(1, 2) }).Length(isSyn: false));
        Assert.Equal(0, options.Length(isSyn: true));
    }

    [Fact]
    public void A_header_with_all_options_is_within_its_limit()
    {
        var options = new TcpOptions { MaximumSegmentSize = 1460, WindowScale = 14, SackPermitted = true, Timestamps = new(1, 2) };
        Assert.Equal(20, options.Length(isSyn: true));
        Span<byte> bytes = stackalloc byte[20];
        options.Emit(bytes, isSyn: true);
        Assert.Equal("020405B40402080A00000001000000020103030E", Convert.ToHexString(bytes));
        Assert.Throws<ArgumentOutOfRangeException>(() => (options with { WindowScale = 15 }).Emit(new byte[20], isSyn: true));
    }

    private static TcpOptions Parse(string hex, bool isSyn) => TcpOptions.Parse(Convert.FromHexString(hex), isSyn);
}
