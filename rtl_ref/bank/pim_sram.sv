// A memory of 32-bit words with two read ports and a write port in one clock, and a port for both in another: the
// macro that pim_bram is made of. A word that is written and read at once is read as it was.
module pim_sram #(
    parameter int AddressBits = 8
) (
    input logic clk_i,

    input  logic                   read_a_i,
    input  logic [AddressBits-1:0] address_a_i,
    output logic [           31:0] data_a_o,
    input  logic                   read_b_i,
    input  logic [AddressBits-1:0] address_b_i,
    output logic [           31:0] data_b_o,
    input  logic [            1:0] write_i,      // per half word
    input  logic [AddressBits-1:0] write_address_i,
    input  logic [           31:0] write_data_i,

    input  logic                   bus_clk_i,
    input  logic                   bus_read_i,
    input  logic [            3:0] bus_write_i,  // per byte
    input  logic [AddressBits-1:0] bus_address_i,
    input  logic [           31:0] bus_wdata_i,
    output logic [           31:0] bus_rdata_o
);
  // Written in two clocks: what a dual-port memory is.
  /* verilator lint_off MULTIDRIVEN */
  logic [31:0] cells[0:(1<<AddressBits)-1];
  /* verilator lint_on MULTIDRIVEN */

  always_ff @(posedge clk_i) begin
    if (read_a_i) data_a_o <= cells[address_a_i];
    if (read_b_i) data_b_o <= cells[address_b_i];
    if (write_i[0]) cells[write_address_i][15:0] <= write_data_i[15:0];
    if (write_i[1]) cells[write_address_i][31:16] <= write_data_i[31:16];
  end

  always_ff @(posedge bus_clk_i) begin
    if (bus_read_i) bus_rdata_o <= cells[bus_address_i];
    if (bus_write_i[0]) cells[bus_address_i][7:0] <= bus_wdata_i[7:0];
    if (bus_write_i[1]) cells[bus_address_i][15:8] <= bus_wdata_i[15:8];
    if (bus_write_i[2]) cells[bus_address_i][23:16] <= bus_wdata_i[23:16];
    if (bus_write_i[3]) cells[bus_address_i][31:24] <= bus_wdata_i[31:24];
  end
endmodule
