using Broadside.Relay;

namespace Broadside.Servers.Tests.Relay;

public sealed class OptionTests
{
    [Fact]
    public void Publish_takes_its_options_in_any_order_and_case() =>
        Assert.Equal("", Replies.Parse("publish c m id 7 Priority 0 KEY k expire 1500", static (in command, errors) =>
        {
            Assert.True(PublishOptions.TryParse(command, errors, out var options));
            Assert.True(options.Channel.SequenceEqual("c"u8));
            Assert.True(options.Message.SequenceEqual("m"u8));
            Assert.Equal(RecordPriority.Urgent, options.Priority);
            Assert.Equal(TimeSpan.FromSeconds(1.5), options.Expiry);
            Assert.True(options.Key.SequenceEqual("k"u8));
            Assert.True(options.Id.SequenceEqual("7"u8));
            return true;
        }));

    [Fact]
    public void Publish_needs_no_option() =>
        Assert.Equal("", Replies.Parse("publish c m", static (in command, errors) =>
        {
            Assert.True(PublishOptions.TryParse(command, errors, out var options));
            Assert.Equal(RecordPriority.Normal, options.Priority);
            Assert.Null(options.Expiry);
            Assert.True(options.Key.IsEmpty && options.Id.IsEmpty);
            return true;
        }));

    [Theory]
    [InlineData("publish c m x", "-ERR syntax error\\r\\n")]
    [InlineData("publish c m PRIORITY", "-ERR syntax error\\r\\n")]
    [InlineData("publish c m PRIORITY 1 PRIORITY 2", "-ERR syntax error\\r\\n")]
    [InlineData("publish c m PRIORITY x", "-ERR value is not an integer or out of range\\r\\n")]
    [InlineData("publish c m PRIORITY 8", "-ERR PRIORITY must be from 0 (most urgent) to 7\\r\\n")]
    [InlineData("publish c m PRIORITY -1", "-ERR PRIORITY must be from 0 (most urgent) to 7\\r\\n")]
    [InlineData("publish c m EXPIRE x", "-ERR value is not an integer or out of range\\r\\n")]
    [InlineData("publish c m EXPIRE 0", "-ERR invalid expire time in 'publish' command\\r\\n")]
    [InlineData("publish c m EXPIRE 9223372036854775807", "-ERR invalid expire time in 'publish' command\\r\\n")]
    [InlineData("publish c m ID \"\"", "-ERR KEY and ID must not be empty\\r\\n")]
    [InlineData("publish c m KEY ''", "-ERR KEY and ID must not be empty\\r\\n")]
    public void Publish_refuses(string line, string error) =>
        Assert.Equal(error, Replies.Parse(line, static (in command, errors) => PublishOptions.TryParse(command, errors, out _)));

    [Fact]
    public void Kill_matches_what_all_its_filters_match() =>
        Assert.Equal("", Replies.Parse("client kill type pubsub addr 1.2.3.4:5 skipme no id 7 laddr [::1]:6", static (in command, errors) =>
        {
            var filter = ClientKillFilter.Parse(command, errors)!;
            var client = new ClientIdentity(7, "1.2.3.4:5", "[::1]:6", ClientType.PubSub);
            Assert.False(filter.IsSingle);
            Assert.True(filter.Matches(client, self: 7));
            Assert.False(filter.Matches(client with { Id = 8 }, self: 7));
            Assert.False(filter.Matches(client with { Address = "1.2.3.4:6" }, self: 7));
            Assert.False(filter.Matches(client with { LocalAddress = "" }, self: 7));
            Assert.False(filter.Matches(client with { Type = ClientType.Normal }, self: 7));
            return true;
        }));

    [Fact]
    public void Kill_spares_its_caller_unless_told_otherwise()
    {
        var client = new ClientIdentity(7, "1.2.3.4:5", "", ClientType.Normal);
        Replies.Parse("client kill type normal", (in command, errors) => !ClientKillFilter.Parse(command, errors)!.Matches(client, self: 7));
        Replies.Parse("client kill 1.2.3.4:5", (in command, errors) => ClientKillFilter.Parse(command, errors)!.Matches(client, self: 7));
    }

    [Fact]
    public void List_filters_by_type_or_ids()
    {
        var client = new ClientIdentity(7, "", "", ClientType.Normal);
        Replies.Parse("client list", (in command, errors) => ClientListFilter.Parse(command, errors)!.Matches(client));
        Replies.Parse("client list type normal", (in command, errors) => ClientListFilter.Parse(command, errors)!.Matches(client));
        Replies.Parse("client list type pubsub", (in command, errors) => !ClientListFilter.Parse(command, errors)!.Matches(client));
        Replies.Parse("client list id 3 7", (in command, errors) => ClientListFilter.Parse(command, errors)!.Matches(client));
        Replies.Parse("client list id 3 4", (in command, errors) => !ClientListFilter.Parse(command, errors)!.Matches(client));
    }

    [Fact]
    public void Client_attributes_are_refused_as_Redis_7_2_does()
    {
        Assert.Equal("-ERR Unrecognized option 'x'\\r\\n", Replies.Of(writer => RedisErrors.UnrecognizedOption(writer, "x"u8)));
        Assert.Equal(
            "-ERR lib-name cannot contain spaces, newlines or special characters.\\r\\n",
            Replies.Of(writer => RedisErrors.InvalidAttribute(writer, "lib-name"u8)));
    }
}
