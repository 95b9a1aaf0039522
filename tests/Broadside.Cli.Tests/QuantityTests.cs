using Broadside.Cli.Options;

namespace Broadside.Cli.Tests;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("0", 0, "0 B")]
    [InlineData("4096", 4096, "4 KiB")]
    [InlineData("100B", 100, "100 B")]
    [InlineData("64kib", 65536, "64 KiB")]
    [InlineData("8MiB", 8 << 20, "8 MiB")]
    [InlineData("3 GiB", 3L << 30, "3 GiB")]
    public void Sizes_are_parsed(string text, long bytes, string shown)
    {
        Assert.True(ByteSize.TryParse(text, out var size));
        Assert.Equal(bytes, size.Bytes);
        Assert.Equal(shown, size.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("MiB")]
    [InlineData("-1")]
    [InlineData("1.5MiB")]
    [InlineData("5XB")]
    [InlineData("1MB")]
    [InlineData("9223372036854775808")]
    [InlineData("9999999999GiB")]
    public void Other_sizes_are_refused(string text) => Assert.False(ByteSize.TryParse(text, out _));

    [Theory]
    [InlineData("0", 0, "0")]
    [InlineData("0s", 0, "0")]
    [InlineData("250ms", 250, "250 ms")]
    [InlineData("5s", 5000, "5 s")]
    [InlineData("10m", 600_000, "600 s")]
    [InlineData("1h", 3_600_000, "3600 s")]
    public void Times_are_parsed(string text, long milliseconds, string shown)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration.Value);
        Assert.Equal(shown, duration.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("-5s")]
    [InlineData("s")]
    [InlineData("5d")]
    [InlineData("600h")]
    public void Other_times_are_refused(string text) => Assert.False(Duration.TryParse(text, out _));
}
