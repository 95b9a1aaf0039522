using System.Globalization;

namespace Broadside.PacketScripts.Parsing;

/// <summary>Parses scripts in packetdrill's language.</summary>
internal sealed class ScriptParser
{
    private readonly TokenReader _reader;
    private readonly PacketParser _packets;
    private readonly Dictionary<string, Expression> _definitions = [];
    private readonly ExpressionParser _expressions;

    private ScriptParser(string text)
    {
        _reader = new TokenReader(Lexer.Tokenize(text));
        _packets = new PacketParser(_reader);
        _expressions = new ExpressionParser(_reader, _definitions);
    }

    /// <exception cref="ScriptSyntaxException">It is no script.</exception>
    /// <exception cref="ScriptUnsupportedException">It has packets that cannot be expressed.</exception>
    public static Script Parse(string text, IEnumerable<ScriptOption>? defaults = null)
    {
        var parser = new ScriptParser(text);
        var options = parser.ParseOptions(defaults ?? []);
        var setup = parser.ParseCommands();
        var events = parser.ParseEvents();
        var cleanup = parser.ParseCommands();
        parser.RequireEnd();
        return new Script(options, setup, events, cleanup);
    }

    /// <summary>Parses name or name=value, as both scripts and command lines have them.</summary>
    public static ScriptOption ParseOption(string text, int line)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? new(line, text, null) : new(line, text[..equals], text[(equals + 1)..].Trim('"', '`'));
    }

    private List<ScriptOption> ParseOptions(IEnumerable<ScriptOption> defaults)
    {
        var options = new List<ScriptOption>(defaults);
        while (_reader.Current.Kind == TokenKind.Option)
        {
            var token = _reader.Take();
            options.Add(ParseOption(token.Text, token.Position.Line));
        }

        foreach (var option in options.Where(option => option.Name == "define"))
        {
            Define(option);
        }

        return options;
    }

    private void Define(ScriptOption option)
    {
        var parts = (option.Value ?? "").Split('=', 2);
        if (parts.Length < 2)
        {
            throw new ScriptSyntaxException(new(option.Line, 1), "--define takes a name and a value");
        }

        var value = parts[1];
        _definitions[parts[0]] = value.StartsWith('"') ? new StringExpression(value.Trim('"'))
            : long.TryParse(value, CultureInfo.InvariantCulture, out var number) ? new IntegerExpression(number)
            : new WordExpression(value);
    }

    private List<ShellCommand> ParseCommands()
    {
        var commands = new List<ShellCommand>();
        while (_reader.Current.Kind == TokenKind.Command)
        {
            commands.Add(ParseCommand());
        }

        return commands;
    }

    // Between events a command has a time.
    private void RequireEnd()
    {
        if (_reader.Current.Kind != TokenKind.End)
        {
            throw _reader.Unexpected("the end of the script");
        }
    }

    private List<ScriptEvent> ParseEvents()
    {
        var events = new List<ScriptEvent>();
        while (_reader.Current.Kind is not (TokenKind.End or TokenKind.Command))
        {
            events.Add(ParseEvent());
        }

        return events;
    }

    private ScriptEvent ParseEvent()
    {
        var line = _reader.Current.Position.Line;
        var time = ParseEventTime();
        var action = ParseAction();
        var isExpectation = action is ScriptPacket { IsOutbound: true };
        return (time.Kind == EventTimeKind.Any || time.IsRange) && !isExpectation
            ? throw new ScriptSyntaxException(new(line, 1), "only an outbound packet has a range of time, or any time")
            : new(line, time, action);
    }

    private EventTime ParseEventTime()
    {
        if (_reader.TryTake('*'))
        {
            return new(EventTimeKind.Any, default, default);
        }

        var isRelative = _reader.TryTake('+');
        var start = ParseTime();
        if (!_reader.TryTake('~'))
        {
            return new(isRelative ? EventTimeKind.Relative : EventTimeKind.Absolute, start, start);
        }

        if (isRelative)
        {
            _reader.Expect('+');
        }

        var end = ParseTime();
        return end < start
            ? throw _reader.Error("the range of time is backwards")
            : new(isRelative ? EventTimeKind.RelativeRange : EventTimeKind.AbsoluteRange, start, end);
    }

    private TimeSpan ParseTime()
    {
        if (_reader.Current.Kind is not (TokenKind.Integer or TokenKind.Float))
        {
            throw _reader.Unexpected("a time");
        }

        var seconds = double.Parse(_reader.Current.Text, CultureInfo.InvariantCulture);
        if (seconds is < 0 or > 1e9)
        {
            throw _reader.Error($"time {_reader.Current.Text} is out of range");
        }

        _reader.Take();
        return TimeSpan.FromMicroseconds(Math.Round(seconds * 1e6));
    }

    private ScriptAction ParseAction()
    {
        switch (_reader.Current.Kind)
        {
            case TokenKind.Command:
                return ParseCommand();
            case TokenKind.Code:
                return new CodeBlock(_reader.Take().Text.Trim(' ', '\t'));
            case TokenKind.Word or TokenKind.Ellipsis:
                return ParseSystemCall();
            default:
                return _reader.Current.Is('<') || _reader.Current.Is('>') ? _packets.Parse()
                    : throw _reader.Unexpected("a packet, a system call, a command or a code block");
        }
    }

    private ShellCommand ParseCommand()
    {
        var token = _reader.Take();
        return new(token.Position.Line, token.Text);
    }

    private SystemCall ParseSystemCall()
    {
        TimeSpan? end = null;
        if (_reader.Current.Kind == TokenKind.Ellipsis)
        {
            _reader.Take();
            end = ParseTime();
        }

        var name = _reader.TakeWord("a system call");
        _reader.Expect('(');
        var arguments = _expressions.ParseList(')');
        _reader.Expect('=');
        var result = _expressions.Parse();
        var errno = _reader.Current.Kind == TokenKind.Word ? _reader.Take().Text : null;
        return new(name, arguments, end, result, errno, ParseNote());
    }

    private string? ParseNote()
    {
        if (!_reader.TryTake('('))
        {
            return null;
        }

        var words = new List<string>();
        while (!_reader.Current.Is(')'))
        {
            words.Add(_reader.Current.Kind == TokenKind.End ? throw _reader.Unexpected("')'") : _reader.Take().Text);
        }

        _reader.Expect(')');
        return string.Join(' ', words);
    }
}
