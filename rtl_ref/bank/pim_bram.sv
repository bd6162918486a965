// SRAM of a bank: 64 memories of 32-bit words side by side, so that neighbouring words of any address are read and
// written in one cycle. Three ports for the bank's own units, in its clock; one for the die's bus, in the bus clock.
// Addresses wrap around at the end.
//
// What is read appears in the next cycle and stays until the next read. Ports do not forward to each other: a word
// that is written and read in the same cycle is read as it was.
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

  logic [2047:0] line_words, pair_words, bus_words;  // as they lie in the memories
  logic [5:0] line_first_q, pair_first_q;
  logic [2:0] bus_first_q;

  always_ff @(posedge clk_i) begin
    if (line_req_i) line_first_q <= line_word_i[5:0];
    if (pair_req_i) pair_first_q <= pair_word_i[5:0];
  end
  always_ff @(posedge bus_clk_i) begin
    if (bus_req_i) bus_first_q <= bus_block_i[2:0];
  end

  for (genvar b = 0; b < 64; b++) begin : g_memory
    // Which word of a run lies in this memory, counted from the first of the run; and in which row: the run wraps
    // into the next one.
    logic [5:0] line_nth, pair_nth, write_nth;
    assign line_nth  = 6'(b) - line_word_i[5:0];
    assign pair_nth  = 6'(b) - pair_word_i[5:0];
    assign write_nth = 6'(b) - write_word_i[5:0];

    logic [RowBits-1:0] line_row, pair_row, write_row;
    assign line_row  = line_word_i[WordBits-1:6] + RowBits'(line_nth > ~line_word_i[5:0] ? 1 : 0);
    assign pair_row  = pair_word_i[WordBits-1:6] + RowBits'(pair_nth > ~pair_word_i[5:0] ? 1 : 0);
    assign write_row = write_word_i[WordBits-1:6] + RowBits'(write_nth > ~write_word_i[5:0] ? 1 : 0);

    logic [8:0] write_first;  // byte of the run that this word begins with
    assign write_first = {1'b0, write_nth, 2'b00};

    logic bus_here;
    assign bus_here = bus_req_i && bus_block_i[2:0] == 3'(b / 8);

    pim_sram #(.AddressBits(RowBits)) u_sram (
        .clk_i,
        .read_a_i       (line_req_i && !line_nth[5]),
        .address_a_i    (line_row),
        .data_a_o       (line_words[32*b+:32]),
        .read_b_i       (pair_req_i && pair_nth[5:1] == 5'd0),
        .address_b_i    (pair_row),
        .data_b_o       (pair_words[32*b+:32]),
        .write_i        ({write_req_i && write_first + 9'd2 < write_bytes_i, write_req_i && write_first < write_bytes_i}),
        .write_address_i(write_row),
        .write_data_i   (write_data_i[32*write_nth+:32]),
        .bus_clk_i,
        .bus_read_i     (bus_here && !bus_we_i),
        .bus_write_i    (bus_here && bus_we_i ? bus_be_i[4*(b%8)+:4] : 4'd0),
        .bus_address_i  (bus_block_i[WordBits-4:3]),
        .bus_wdata_i    (bus_wdata_i[32*(b%8)+:32]),
        .bus_rdata_o    (bus_words[32*b+:32])
    );
  end

  // The run again, first word first.
  logic [5:0] pair_second;
  assign pair_second = pair_first_q + 6'd1;
  assign pair_o      = {pair_words[32*pair_second+:32], pair_words[32*pair_first_q+:32]};
  assign bus_rdata_o = bus_words[256*bus_first_q+:256];

  logic [5:0] source;
  always_comb begin
    line_o = '0;
    source = '0;
    for (int i = 0; i < 32; i++) begin
      source = line_first_q + 6'(i);
      line_o[32*i+:32] = line_words[32*source+:32];
    end
  end
endmodule
