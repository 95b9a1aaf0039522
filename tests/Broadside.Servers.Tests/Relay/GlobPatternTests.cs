using System.Buffers;
using System.Text;
using Broadside.Relay;
using Broadside.Servers.Tests.Golden;

namespace Broadside.Servers.Tests.Relay;

public sealed class GlobPatternTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private const string Alphabet = "ab*?[]^-\\";

    [Theory]
    [InlineData("*", "", false)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("[a-]", "]", true)]
    [InlineData("[^", "a", true)]
    [InlineData("[", "[", false)]
    [InlineData("[a", "a", true)]
    [InlineData("\\", "\\", true)]
    [InlineData("[\\", "\\", true)]
    [InlineData("[\\]]", "]", true)]
    [InlineData("[z-a]", "c", true)]
    [InlineData("a[", "a", false)]
    [InlineData("news.*", "news.art", true)]
    [InlineData("h[^e]llo", "hello", false)]
    [InlineData("h[a-b]llo", "hbllo", true)]
    [InlineData("\\*", "*", true)]
    [InlineData("\\*", "a", false)]
    public void Corner_cases_are_as_Redis_has_them(string pattern, string name, bool matches)
    {
        Assert.Equal(matches, GlobPattern.IsMatch(Bytes(pattern), Bytes(name)));
        Assert.Equal(matches, new GlobPattern(Bytes(pattern)).IsMatch(Bytes(name)));
    }

    [Fact]
    public void It_agrees_with_a_naive_matcher()
    {
        var random = new Random(7);
        for (var run = 0; run < 200_000; run++)
        {
            var pattern = RandomText(random, 7);
            var name = RandomText(random, 6);
            var expected = name.Length == 0 ? pattern.Length == 0 : NaiveMatch(pattern, name);
            Assert.True(expected == GlobPattern.IsMatch(pattern, name), $"{Encoding.ASCII.GetString(pattern)} on {Encoding.ASCII.GetString(name)}");
            Assert.Equal(expected, new GlobPattern(pattern).IsMatch(name));
        }
    }

    [Fact]
    public void Nested_asterisks_do_not_blow_up()
    {
        var pattern = Bytes(string.Concat(Enumerable.Repeat("a*", 500)) + "b");
        Assert.False(GlobPattern.IsMatch(pattern, Bytes(new string('a', 5000))));
    }

    [Fact]
    public void It_agrees_with_Redis()
    {
        var random = new Random(11);
        using var subscriber = redis.Connect();
        using var asking = redis.Connect();
        var names = Enumerable.Range(0, 400).Select(_ => RandomText(random, 4)).DistinctBy(Convert.ToHexString).ToList();
        subscriber.Send(Command(["SUBSCRIBE"u8.ToArray(), .. names]));
        var last = Bytes($":{names.Count}\r\n");
        subscriber.Receive(bytes => bytes.AsSpan().EndsWith(last) ? bytes.Length : -1);
        for (var run = 0; run < 500; run++)
        {
            var pattern = RandomText(random, 5);
            asking.Send(Command("PUBSUB"u8.ToArray(), "CHANNELS"u8.ToArray(), pattern));
            asking.Send("PING\r\n"u8);
            var reply = asking.Receive(bytes => bytes.AsSpan().EndsWith("+PONG\r\n"u8) ? bytes.Length : -1);
            var matching = names.Where(name => GlobPattern.IsMatch(pattern, name)).ToList();
            Assert.StartsWith($"*{matching.Count}\r\n", Encoding.ASCII.GetString(reply));
            Assert.All(matching, name => Assert.True(reply.AsSpan().IndexOf(Bytes($"\r\n{Encoding.ASCII.GetString(name)}\r\n")) > 0));
        }
    }

    // Recursive, straight from the definition.
    private static bool NaiveMatch(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> name)
    {
        if (pattern.IsEmpty)
        {
            return name.IsEmpty;
        }

        if (pattern[0] == '*')
        {
            return NaiveMatch(pattern[1..], name) || (!name.IsEmpty && NaiveMatch(pattern, name[1..]));
        }

        if (name.IsEmpty)
        {
            return false;
        }

        var (matches, length) = pattern[0] switch
        {
            (byte)'?' => (true, 1),
            (byte)'[' => NaiveClass(pattern, name[0]),
            (byte)'\\' when pattern.Length > 1 => (pattern[1] == name[0], 2),
            _ => (pattern[0] == name[0], 1),
        };
        return matches && NaiveMatch(pattern[length..], name[1..]);
    }

    private static (bool Matches, int Length) NaiveClass(ReadOnlySpan<byte> pattern, byte value)
    {
        var negated = pattern.Length > 1 && pattern[1] == '^';
        var index = negated ? 2 : 1;
        var members = new HashSet<int>();
        while (index < pattern.Length && pattern[index] != ']')
        {
            if (pattern[index] == '\\' && index + 1 < pattern.Length)
            {
                members.Add(pattern[index + 1]);
                index += 2;
            }
            else if (index + 2 < pattern.Length && pattern[index + 1] == '-')
            {
                var (low, high) = (Math.Min(pattern[index], pattern[index + 2]), Math.Max(pattern[index], pattern[index + 2]));
                members.UnionWith(Enumerable.Range(low, high - low + 1));
                index += 3;
            }
            else
            {
                members.Add(pattern[index++]);
            }
        }

        return (members.Contains(value) != negated, Math.Min(index + 1, pattern.Length));
    }

    private static byte[] Command(params byte[][] arguments)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new RespWriter(output, RespVersion.Resp2);
        writer.ArrayHeader(arguments.Length);
        foreach (var argument in arguments)
        {
            writer.Bulk(argument);
        }

        return output.WrittenSpan.ToArray();
    }

    private static byte[] RandomText(Random random, int maximum) => Bytes(new string(random.GetItems<char>(Alphabet, random.Next(maximum + 1))));

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);
}
