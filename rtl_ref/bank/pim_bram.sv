// SRAM of a bank: 64 memories of 32-bit words side by side, so that neighbouring words of any address are read and
// written in one cycle. Three ports for the bank's own units, in its clock; one for the die's bus, in the bus clock.
// Addresses wrap around at the end.
//
// What is read appears in the next cycle and stays until the next read. Ports do not forward to each other: a word
// that is written and read in the same cycle is read as it was.
//
// Between memories and ports stand rotators: a run is cut out of its words laid out twice, at the word it begins with.
// That is six stages of two-way selectors for the whole run, an eighth to a tenth of a selector of 64 for every word.
module pim_bram #(
    parameter int WordBits = 14  // log2 of the number of words
) (
    input logic clk_i,

    // operands: 32 words
    input  logic                  line_req_i,
    input  logic [  WordBits-1:0] line_word_i,
    output logic [        1023:0] line_o,
    // scalars: 2 words
    input  logic                  pair_req_i,
    input  logic [  WordBits-1:0] pair_word_i,
    output logic [          63:0] pair_o,
    // results: the first write_bytes_i bytes
    input  logic                  write_req_i,
    input  logic [  WordBits-1:0] write_word_i,
    input  logic [           8:0] write_bytes_i,
    input  logic [        2047:0] write_data_i,

    input  logic                  bus_clk_i,
    input  logic                  bus_req_i,
    input  logic                  bus_we_i,
    input  logic [  WordBits-4:0] bus_block_i,  // of 8 words
    input  logic [          31:0] bus_be_i,
    input  logic [         255:0] bus_wdata_i,
    output logic [         255:0] bus_rdata_o
);
  localparam int RowBits = WordBits - 6;

  // ---- what is written: words and which halves of them are within the run, each rotated to its memory
  logic [127:0] halves, write_halves;
  logic [2047:0] write_words;
  logic [254:0] halves_twice;
  logic [127*32-1:0] write_twice;
  logic [5:0] write_turn;
  for (genvar i = 0; i < 128; i++) begin : g_half
    assign halves[i] = write_req_i && write_bytes_i > 9'(2 * i);
  end
  assign halves_twice = {halves[126:0], halves};
  assign write_twice  = {write_data_i[63*32-1:0], write_data_i};
  assign write_turn   = -write_word_i[5:0];
  assign write_halves = halves_twice[2*write_turn+:128];
  assign write_words  = write_twice[32*write_turn+:2048];

  // ---- the memories; a run that goes beyond the last of them continues in the first, one row on
  logic [2047:0] line_words, pair_words, bus_words;  // as they lie in the memories
  logic [RowBits-1:0] line_row, pair_row, write_row, line_row_after, pair_row_after, write_row_after;
  assign line_row        = line_word_i[WordBits-1:6];
  assign pair_row        = pair_word_i[WordBits-1:6];
  assign write_row       = write_word_i[WordBits-1:6];
  assign line_row_after  = line_row + RowBits'(1);
  assign pair_row_after  = pair_row + RowBits'(1);
  assign write_row_after = write_row + RowBits'(1);
  logic [63:0] line_wraps, pair_wraps, write_wraps;
  assign line_wraps  = ~({64{1'b1}} << line_word_i[5:0]);
  assign pair_wraps  = ~({64{1'b1}} << pair_word_i[5:0]);
  assign write_wraps = ~({64{1'b1}} << write_word_i[5:0]);

  for (genvar b = 0; b < 64; b++) begin : g_memory
    // Which word of a run lies in this memory, counted from the first of the run.
    logic [5:0] line_nth, pair_nth;
    assign line_nth = 6'(b) - line_word_i[5:0];
    assign pair_nth = 6'(b) - pair_word_i[5:0];

    logic bus_here;
    assign bus_here = bus_req_i && bus_block_i[2:0] == 3'(b / 8);

    pim_sram #(.AddressBits(RowBits)) u_sram (
        .clk_i,
        .read_a_i       (line_req_i && !line_nth[5]),
        .address_a_i    (line_wraps[b] ? line_row_after : line_row),
        .data_a_o       (line_words[32*b+:32]),
        .read_b_i       (pair_req_i && pair_nth[5:1] == 5'd0),
        .address_b_i    (pair_wraps[b] ? pair_row_after : pair_row),
        .data_b_o       (pair_words[32*b+:32]),
        .write_i        (write_halves[2*b+:2]),
        .write_address_i(write_wraps[b] ? write_row_after : write_row),
        .write_data_i   (write_words[32*b+:32]),
        .bus_clk_i,
        .bus_read_i     (bus_here && !bus_we_i),
        .bus_write_i    (bus_here && bus_we_i ? bus_be_i[4*(b%8)+:4] : 4'd0),
        .bus_address_i  (bus_block_i[WordBits-4:3]),
        .bus_wdata_i    (bus_wdata_i[32*(b%8)+:32]),
        .bus_rdata_o    (bus_words[32*b+:32])
    );
  end

  // ---- what is read: the run again, first word first
  logic [5:0] line_first_q, pair_first_q;
  logic [2:0] bus_first_q;
  always_ff @(posedge clk_i) begin
    if (line_req_i) line_first_q <= line_word_i[5:0];
    if (pair_req_i) pair_first_q <= pair_word_i[5:0];
  end
  always_ff @(posedge bus_clk_i) begin
    if (bus_req_i) bus_first_q <= bus_block_i[2:0];
  end

  logic [95*32-1:0] line_twice;
  logic [65*32-1:0] pair_twice;
  assign line_twice  = {line_words[31*32-1:0], line_words};
  assign pair_twice  = {pair_words[31:0], pair_words};
  assign line_o      = line_twice[32*line_first_q+:1024];
  assign pair_o      = pair_twice[32*pair_first_q+:64];
  assign bus_rdata_o = bus_words[256*bus_first_q+:256];
endmodule
